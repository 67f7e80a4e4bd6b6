{# The warehouse type of a kind of the input contract. #}
{% macro sql_type(kind) -%}
    {{ return({
        'text': dbt.type_string(),
        'timestamp': dbt.type_timestamp(),
        'date': 'date',
        'number': 'numeric(28, 6)',
        'boolean': 'integer',
    }[kind]) }}
{%- endmacro %}

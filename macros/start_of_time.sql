{# An instant before any other; stands for an unknown one where NULL would sort or win differently by engine. #}
{% macro start_of_time() -%}
    cast('0001-01-01' as {{ dbt.type_timestamp() }})
{%- endmacro %}

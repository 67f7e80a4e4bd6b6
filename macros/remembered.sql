{#
    A history table as earlier runs left it. The models that decide what is to
    be done read it before the model of that name writes, so not by ref().
#}
{% macro remembered(name) -%}
    {{ return(api.Relation.create(
        database=target.database,
        schema=generate_schema_name('history', none),
        identifier=name,
        type='table',
    )) }}
{%- endmacro %}

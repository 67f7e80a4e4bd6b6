{# Names of the enabled connectors that have a model for a contract table. #}
{% macro feeding_connectors(table) -%}
    {%- set names = [] -%}
    {%- for connector, tables in var('connectors').items()
        if table in tables and connector in var('inputs') -%}
        {%- do names.append(connector) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

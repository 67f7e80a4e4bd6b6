{#
    Everything that a signal may need, as table.column, and table.* for a table
    as such, read from the input contract. Empty while dbt parses.
#}
{% macro contract_columns() -%}
    {%- set names = [] -%}
    {%- if execute -%}
    {%- for table in graph.sources.values() if table.source_name == 'contract' -%}
        {%- do names.append(table.name ~ '.*') -%}
        {%- for column in table.columns -%}
            {%- do names.append(table.name ~ '.' ~ column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- endif -%}
    {{ return(names) }}
{%- endmacro %}

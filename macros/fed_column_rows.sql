{# One select per connector, table and column of the input contract that is fed. #}
{% macro fed_column_rows() -%}
    {%- set parts = [] -%}
    {%- if execute -%}
    {%- for table in var('connectors')['contract'] -%}
        {%- set columns = contract_table(table).columns.keys() | list -%}
        {%- for connector in feeding_connectors(table) -%}
            {%- for column in fed_columns(connector, table) if column in columns -%}
                {%- do parts.append("select '" ~ connector ~ "' as connector, '" ~ table ~ "' as table_name, '" ~ column ~ "' as column_name") -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- endif -%}
    {{ parts | join('\n    union all\n    ') }}
{%- endmacro %}

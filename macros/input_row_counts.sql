{# Rows per contract table, connector and status with their newest day, and as the connector delivered them. #}
{% macro input_row_counts() -%}
    {%- set parts = [] -%}
    {%- for table in var('connectors')['contract'] -%}
        {%- set base = ref('base_' ~ table) -%}
        {%- do parts.append(
            "select '" ~ table ~ "' as table_name, connector, row_status, count(*) as row_count, max(happened_on) as newest_on from "
            ~ base ~ " group by connector, row_status"
        ) -%}
        {%- for connector in feeding_connectors(table) -%}
            {%- do parts.append(
                "select '" ~ table ~ "' as table_name, '" ~ connector ~ "' as connector, 'raw' as row_status, count(*) as row_count, cast(null as date) as newest_on from "
                ~ ref('stg_' ~ connector ~ '__' ~ table)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ parts | join('\n    union all\n    ') }}
{%- endmacro %}

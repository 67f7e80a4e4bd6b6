{# Rows per contract table, connector and status with their newest day, and as the connector delivered them. #}
{% macro input_row_counts() -%}
    {%- set parts = [] -%}
    {%- for table in var('connectors')['contract'] -%}
        {%- set base = ref('base_' ~ table) -%}
        {%- set named = "select '" ~ table ~ "' as table_name, " -%}
        {%- do parts.append(
            named ~ "connector, row_status, count(*) as row_count, max(happened_on) as newest_on from "
            ~ base ~ " group by connector, row_status"
        ) -%}
        {%- if rollup_of(table) -%}
            {%- do parts.append(
                named ~ "connector, 'accepted' as row_status, sum(row_count) as row_count, "
                ~ "max(case when row_count > 0 then event_date end) as newest_on from ("
                ~ plain_row_counts(table) ~ ") as plain_days group by connector"
            ) -%}
        {%- endif -%}
        {%- for connector in feeding_connectors(table) -%}
            {%- do parts.append(
                named ~ "'" ~ connector ~ "' as connector, 'raw' as row_status, count(*) as row_count, cast(null as date) as newest_on from "
                ~ ref('stg_' ~ connector ~ '__' ~ table)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ parts | join('\n    union all\n    ') }}
{%- endmacro %}

{# Rows per connector and day that nobody had to judge one by one: delivered, less the odd ones. #}
{% macro plain_row_counts(table) -%}
    select connector, event_date, sum(row_count) as row_count
    from (
        select connector, event_date, row_count from {{ ref('base_usage_deliveries') }}
        union all
        select connector, {{ usage_day('happened_on') }}, -count(*)
        from {{ ref('base_' ~ table) }}
        group by connector, {{ usage_day('happened_on') }}
    ) as counted
    group by connector, event_date
{%- endmacro %}

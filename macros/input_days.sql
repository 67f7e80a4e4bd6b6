{#
    Every time in every contract table as a day, with the day from which it was
    known: the raw material for "up to which day is this source complete?".
#}
{% macro input_days() -%}
    {%- set parts = [] -%}
    {%- for table in var('connectors')['contract'] -%}
        {%- if rollup_of(table) -%}
            {%- do parts.append(
                "select '" ~ table ~ "' as table_name, event_date, known_on, event_count as row_count from "
                ~ ref(rollup_of(table))
            ) -%}
        {%- else -%}
        {%- set relation = ref('stg_' ~ table) -%}
        {%- for time in (contract_table(table).config.meta.times if execute else []) -%}
            {%- do parts.append(
                "select '" ~ table ~ "' as table_name, cast(" ~ time ~ " as date) as event_date, known_on, 1 as row_count from "
                ~ relation ~ " where " ~ time ~ " is not null"
            ) -%}
        {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ parts | join('\n    union all\n    ') }}
{%- endmacro %}

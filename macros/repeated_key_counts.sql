{# Keys of fact tables that came with different content; both rows are kept. #}
{% macro repeated_key_counts() -%}
    {%- set parts = [] -%}
    {%- for table in var('connectors')['contract'] -%}
        {%- set relation = ref('base_' ~ table) -%}
        {%- set meta = contract_table(table).config.meta if execute else {} -%}
        {%- if meta.kind == 'fact' and meta.own_key -%}
            {%- do parts.append(
                "select '" ~ table ~ "' as table_name, count(*) as key_count from (select " ~ meta.own_key
                ~ " from " ~ relation ~ " where row_status = 'accepted' group by " ~ meta.own_key ~ " having count(*) > 1) as repeated"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ parts | join('\n    union all\n    ') }}
{%- endmacro %}

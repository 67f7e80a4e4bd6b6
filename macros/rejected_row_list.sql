{#
    The rejected rows of every contract table. Of what was erased on request
    not even the key is told.
#}
{% macro rejected_row_list() -%}
    {%- set parts = [] -%}
    {%- for table in var('connectors')['contract'] -%}
        {%- set base = ref('base_' ~ table) -%}
        {%- if execute -%}
        {%- set contract = contract_table(table) -%}
        {%- set keys = [] -%}
        {%- for column in contract.config.meta.key -%}
            {%- do keys.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '?')") -%}
        {%- endfor -%}
        {%- set account = 'account_id' if 'account_id' in contract.columns else 'cast(null as ' ~ dbt.type_string() ~ ')' -%}
        {%- do parts.append(
            "select '" ~ table ~ "' as table_name, connector, "
            ~ "case when reject_reason = 'erased on request' then 'erased' else " ~ keys | join(" || ' ' || ") ~ " end as row_key, "
            ~ "case when reject_reason = 'erased on request' then 'erased' else " ~ account ~ " end as account_id, "
            ~ "reject_reason from " ~ base ~ " where row_status = 'rejected'"
        ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ parts | join('\n    union all\n    ') }}
{%- endmacro %}

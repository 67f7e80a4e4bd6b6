{#
    Before a run adds its days to a history table, it takes the same days under
    the same configuration out: a day is replaced whole, also when nobody is
    left on it. Other days stay as they are.
#}
{% macro replace_scored_days(has_accounts=false) -%}
    {{- refuse_full_refresh() -}}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            (
                score_date in (select score_date from {{ ref('int_score_dates') }})
                and config_version in (select config_version from {{ ref('int_config_version') }})
            )
            {%- if has_accounts %}
            or {{ is_erased() }}
            {%- endif %}
    {%- endif -%}
{%- endmacro %}

{#
    Before a run adds its days to a history table, it takes the same days under
    the same configuration out: a day is replaced whole, also when nobody is
    left on it. Other days stay as they are. History is not thrown away by a
    plain --full-refresh; who means it says so with the var rebuild_history.
#}
{% macro replace_scored_days(has_accounts=false) -%}
    {%- if flags.FULL_REFRESH and not var('rebuild_history') -%}
        {{ exceptions.raise_compiler_error("--full-refresh would throw the history of scores away. To rebuild it, use `./health backfill --rebuild`, or add --vars 'rebuild_history: true'.") }}
    {%- elif is_incremental() -%}
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

{#
    Before a run: makes the tables that it reads from earlier runs, empty, when
    there was none, and thins days older than the var daily_history_days to the
    last one of each week. The pairs that this leaves without their earlier day
    are compared anew with the one before it, so the ledger has no gap.
#}
{% macro prepare_history() -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
    {%- set text = dbt.type_string() -%}
    {%- set tables = {
        'history_completed': 'score_date date, config_version ' ~ text ~ ', scoring_version ' ~ text
            ~ ', is_due integer, known_row_count bigint',
        'history_pairs': 'compared_with ' ~ text ~ ', score_date date, config_version ' ~ text
            ~ ', from_date date, from_config_version ' ~ text ~ ', is_split integer',
        'history_uses': 'score_date date, config_version ' ~ text ~ ', known_until date',
        'history_alerts': 'alert_id ' ~ text ~ ', account_id ' ~ text ~ ', rule ' ~ text ~ ', ordinal integer, '
            ~ 'opened_on date, closed_on date, is_baseline integer',
        'history_alert_dates': 'score_date date, rules_version ' ~ text,
    } -%}
    {%- do adapter.create_schema(remembered('history_pairs').without_identifier()) -%}
    {%- for name, columns in tables.items() -%}
        {%- if not adapter.get_relation(target.database, remembered(name).schema, name) -%}
            {%- do run_query('create table ' ~ remembered(name) ~ ' (' ~ columns ~ ')') -%}
            {%- do adapter.cache_added(remembered(name)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if var('daily_history_days') | int > 0 -%}
        {{ thin_history() }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro thin_history() -%}
    {%- set completed = remembered('history_completed') -%}
    {%- set week = dbt.date_trunc('week', 'score_date') -%}
    {%- set surplus -%}
        select score_date
        from {{ completed }}
        where score_date <= (
            select {{ days_before('max(score_date)', var('daily_history_days')) }} from {{ completed }}
        )
        and score_date not in (
            select max(score_date) from {{ completed }} where is_due = 1 group by {{ week }}
        )
    {%- endset -%}
    {%- set days = run_query(surplus).columns[0].values() | map('string') | unique | list -%}
    {%- if days -%}
        {%- for name in [
            'history_signals', 'history_scores', 'history_dimensions', 'history_priors', 'history_dates',
            'history_changes', 'history_pairs', 'history_completed', 'history_uses',
        ] -%}
            {%- if adapter.get_relation(target.database, remembered(name).schema, name) -%}
                {%- set gone = "(cast('" ~ days | join("' as date), cast('") ~ "' as date))" -%}
                {%- set from_gone = ' or from_date in ' ~ gone if name in ('history_changes', 'history_pairs') -%}
                {%- do run_query('delete from ' ~ remembered(name) ~ ' where score_date in ' ~ gone ~ from_gone) -%}
            {%- endif -%}
        {%- endfor -%}
        {{ log("History: thinned " ~ days | length ~ " days older than " ~ var('daily_history_days') ~ " days to weeks.", info=true) }}
    {%- endif -%}
{%- endmacro %}

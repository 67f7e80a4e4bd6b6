-- One row per scorecard, measure, configuration, evidence, quarter, horizon and lead: sums among renewals.
{%- set contrasts = backtest_contrasts('renewal') %}

with

renewing as (

    select * from {{ ref('int_backtest_accounts') }}

    where
        days_to_renewal > 0
        and days_to_renewal <= {{ contrasts | map(attribute='age') | max }}

),

backtest_values as (

    select * from {{ ref('int_backtest_values') }}

),

backtest_dates as (

    select * from {{ ref('int_backtest_dates') }}

),

-- Whole scorecards and their rivals, all profiles together.
whole as (

    select * from backtest_values

    where measure not like 'dimension: %'

),

listed as (

    select distinct
        config_version,
        scorecard,
        measure,
        score_date

    from backtest_values

    where measure not like 'dimension: %'

),

pools as (

    select
        listed.config_version,
        listed.scorecard,
        listed.measure,
        listed.score_date,
        backtest_dates.evidence,
        backtest_dates.quarter,
        cast('*' as {{ dbt.type_string() }}) as profile

    from listed

    inner join backtest_dates
        on listed.config_version = backtest_dates.config_version
        and listed.scorecard = backtest_dates.scorecard
        and listed.score_date = backtest_dates.score_date

),

{{ backtest_sums(
    'whole',
    'pools',
    'renewing',
    match=['config_version', 'scorecard', 'measure'],
    keys=['config_version', 'scorecard', 'measure', 'profile', 'evidence'],
    contrasts=contrasts,
    roll='quarter',
) }}

select * from summed

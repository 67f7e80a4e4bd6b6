-- One row per scorecard, measure, profile, configuration, evidence, quarter, horizon, lead and cohort: sums.

with

accounts as (

    select * from {{ ref('int_backtest_accounts') }}

),

backtest_values as (

    select * from {{ ref('int_backtest_values') }}

),

backtest_dates as (

    select * from {{ ref('int_backtest_dates') }}

),

listed as (

    select distinct
        config_version,
        scorecard,
        measure,
        score_date,
        own_profile

    from backtest_values

),

dated as (

    select
        listed.config_version,
        listed.scorecard,
        listed.measure,
        listed.score_date,
        listed.own_profile,
        backtest_dates.evidence,
        backtest_dates.quarter

    from listed

    inner join backtest_dates
        on listed.config_version = backtest_dates.config_version
        and listed.scorecard = backtest_dates.scorecard
        and listed.score_date = backtest_dates.score_date

),

pools as (

    select
        dated.*,
        cast('*' as {{ dbt.type_string() }}) as profile

    from dated

    union all

    select
        dated.*,
        own_profile as profile

    from dated

),

{{ backtest_sums(
    'backtest_values',
    'pools',
    'accounts',
    match=['config_version', 'scorecard', 'measure', 'own_profile'],
    keys=['config_version', 'scorecard', 'measure', 'profile', 'evidence'],
    contrasts=backtest_contrasts(),
    roll='quarter',
) }}

select * from summed

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
        '*' as profile

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

select
    config_version,
    scorecard,
    measure,
    cast(profile as {{ dbt.type_string() }}) as profile,
    evidence,
    cast(quarter as {{ dbt.type_string() }}) as quarter,
    cast(horizon_days as integer) as horizon_days,
    cast(lead_days as integer) as lead_days,
    cast(cohort as {{ dbt.type_string() }}) as cohort,
    cast(churned_rows as bigint) as churned_rows,
    cast(kept_rows as bigint) as kept_rows,
    cast(churned_accounts as bigint) as churned_accounts,
    cast(kept_accounts as bigint) as kept_accounts,
    cast(compared_accounts as bigint) as compared_accounts,
    cast(wins as {{ type_double() }}) as wins,
    cast(pairs as {{ type_double() }}) as pairs,
    cast(placement_squares as {{ type_double() }}) as placement_squares,
    cast(products as {{ type_double() }}) as products,
    cast(opposite_squares as {{ type_double() }}) as opposite_squares,
    cast(caught_5 as {{ type_double() }}) as caught_5,
    cast(caught_10 as {{ type_double() }}) as caught_10,
    cast(caught_20 as {{ type_double() }}) as caught_20,
    cast(caught_squares as {{ type_double() }}) as caught_squares,
    cast(caught_products as {{ type_double() }}) as caught_products,
    cast(churned_squares as {{ type_double() }}) as churned_squares
from summed

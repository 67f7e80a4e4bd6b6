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
        '*' as profile

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

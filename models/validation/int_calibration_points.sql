-- One row per scorecard, past score date, account that paid on it and signal that weighs now: points and outcome.
{{ config(materialized='view') }}

with

uses as (

    select * from {{ ref('int_former_uses') }}

),

completed as (

    select * from {{ ref('int_completed_dates') }}

),

accounts as (

    select * from {{ ref('int_backtest_accounts') }}

),

signals as (

    select * from {{ ref('history_signals') }}

),

rules as (

    select * from {{ ref('int_scorecard_rules') }}

),

tiers as (

    select * from {{ ref('signal_tiers') }}

),

-- Each date once, as it was published, unless models have changed since.
dates as (

    select
        uses.score_date,
        uses.config_version

    from uses

    inner join completed
        on uses.score_date = completed.score_date
        and uses.config_version = completed.config_version

    where
        completed.is_due = 1
        and completed.scoring_version = '{{ var("scoring_version") }}'

),

measured as (

    select
        signals.score_date,
        signals.config_version,
        signals.account_id,
        signals.signal,
        signals.value

    from signals

    where signals.state = 'measured'

),

ruled as (

    select
        rules.scorecard,
        accounts.score_date,
        accounts.account_id,
        accounts.profile,
        rules.signal,
        accounts.days_to_churn,
        accounts.observed_days,
        {{ rule_points('measured.value', 'rules', 'tiers.points') }} as points

    from accounts

    inner join dates
        on accounts.score_date = dates.score_date
        and accounts.config_version = dates.config_version

    inner join rules
        on accounts.profile = rules.profile

    left join measured
        on accounts.score_date = measured.score_date
        and accounts.config_version = measured.config_version
        and accounts.account_id = measured.account_id
        and rules.signal = measured.signal

    left join tiers
        on rules.rule = 'tier'
        and rules.scorecard = tiers.scorecard
        and rules.rule_profile = tiers.profile
        and rules.signal = tiers.signal
        and measured.value is not null
        and (tiers.lower_bound is null or measured.value >= tiers.lower_bound)
        and (tiers.upper_bound is null or measured.value < tiers.upper_bound)

)

select
    scorecard,
    score_date,
    account_id,
    profile,
    signal,
    days_to_churn,
    observed_days,
    points
from ruled

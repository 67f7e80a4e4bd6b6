-- One row per live account, score date, scorecard and weighed signal: what it is worth.

with

states as (

    select * from {{ ref('int_signal_states') }}

),

rules as (

    select * from {{ ref('int_scorecard_rules') }}

),

tiers as (

    select * from {{ ref('signal_tiers') }}

),

ruled as (

    select
        states.account_id,
        states.score_date,
        rules.scorecard,
        states.profile,
        states.signal,
        states.dimension,
        states.state,
        states.value,
        states.observed_on,
        rules.method,
        rules.rule_profile,
        rules.rule,
        rules.weight,
        rules.dimension_weight,
        rules.missing_policy,
        rules.least_points,
        rules.greatest_points,
        case
            when states.state = 'measured'
                then {{ rule_points('states.value', 'rules', 'tiers.points') }}
        end as points

    from states

    inner join rules
        on states.profile = rules.profile
        and states.signal = rules.signal

    left join tiers
        on rules.rule = 'tier'
        and rules.scorecard = tiers.scorecard
        and rules.rule_profile = tiers.profile
        and rules.signal = tiers.signal
        and (tiers.lower_bound is null or states.value >= tiers.lower_bound)
        and (tiers.upper_bound is null or states.value < tiers.upper_bound)

)

select
    account_id,
    score_date,
    scorecard,
    profile,
    signal,
    dimension,
    state,
    value,
    observed_on,
    method,
    rule_profile,
    rule,
    weight,
    dimension_weight,
    missing_policy,
    least_points,
    greatest_points,
    points
from ruled

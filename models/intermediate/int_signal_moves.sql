-- One row per account and signal that could do better on the newest score date: where to, for how many points.

with

scores as (

    select * from {{ ref('int_scores') }}

),

contributions as (

    select * from {{ ref('int_contributions') }}

),

rules as (

    select * from {{ ref('int_scorecard_rules') }}

),

tiers as (

    select * from {{ ref('signal_tiers') }}

),

medians as (

    select * from {{ ref('int_signal_medians') }}

),

states as (

    select * from {{ ref('int_signal_states') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

last_dates as (

    select max(score_date) as score_date from scores

),

scored as (

    select
        scores.account_id,
        scores.score_date,
        scores.scorecard,
        scores.profile

    from scores

    inner join last_dates
        on scores.score_date = last_dates.score_date

    where
        scores.is_primary = 1
        and scores.score is not null

),

weighed as (

    select
        scored.account_id,
        scored.score_date,
        scored.scorecard,
        scored.profile,
        contributions.signal,
        contributions.value,
        contributions.points,
        contributions.weight,
        contributions.contribution

    from scored

    inner join contributions
        on scored.account_id = contributions.account_id
        and scored.score_date = contributions.score_date
        and scored.scorecard = contributions.scorecard

    -- A signal that is left out has no points to lose; measuring it is another matter.
    where contributions.points is not null

),

next_tiers as (

    select
        weighed.account_id,
        weighed.score_date,
        weighed.signal,
        case
            when tiers.lower_bound > weighed.value then tiers.lower_bound
            when tiers.upper_bound is null then tiers.lower_bound
            else tiers.upper_bound - 0.000001
        end as target_value,
        row_number() over (
            partition by
                weighed.account_id,
                weighed.signal
            order by
                weighed.weight * tiers.points,
                coalesce(tiers.lower_bound, tiers.upper_bound)
        ) as tier_number

    from weighed

    inner join rules
        on weighed.scorecard = rules.scorecard
        and weighed.profile = rules.profile
        and weighed.signal = rules.signal
        and rules.rule = 'tier'

    inner join tiers
        on rules.scorecard = tiers.scorecard
        and rules.rule_profile = tiers.profile
        and rules.signal = tiers.signal
        and weighed.weight * tiers.points > weighed.weight * weighed.points

),

peer_values as (

    select
        weighed.account_id,
        weighed.score_date,
        weighed.signal,
        medians.median_value as target_value

    from weighed

    inner join rules
        on weighed.scorecard = rules.scorecard
        and weighed.profile = rules.profile
        and weighed.signal = rules.signal
        and rules.rule <> 'tier'

    inner join medians
        on weighed.score_date = medians.score_date
        and weighed.profile = medians.profile
        and weighed.signal = medians.signal

    where
        weighed.weight * {{ rule_points('medians.median_value', 'rules', 'null') }}
        > weighed.weight * weighed.points

),

limits as (

    select
        scored.account_id,
        scored.score_date,
        states.signal,
        states.value,
        case
            when score_caps.comparison = '>=' then score_caps.threshold - 0.000001
            when score_caps.comparison = '<=' then score_caps.threshold + 0.000001
            when score_caps.comparison in ('>', '<') then score_caps.threshold
        end as target_value,
        row_number() over (
            partition by
                scored.account_id,
                states.signal
            order by
                score_caps.cap,
                score_caps.cap_name
        ) as cap_number

    from scored

    inner join score_caps
        on scored.scorecard = score_caps.scorecard

    inner join states
        on scored.account_id = states.account_id
        and scored.score_date = states.score_date
        and score_caps.signal = states.signal

    where
        states.state = 'measured'
        and {{ holds('states.value', 'score_caps') }}

),

ruled_targets as (

    select
        account_id,
        score_date,
        signal,
        target_value

    from next_tiers

    where tier_number = 1

    union all

    select
        account_id,
        score_date,
        signal,
        target_value

    from peer_values

),

-- A hard fact that no rule moves has to come back to where the cap lets go.
targets as (

    select
        account_id,
        score_date,
        signal,
        cast(null as numeric(28, 6)) as value,
        target_value

    from ruled_targets

    union all

    select
        limits.account_id,
        limits.score_date,
        limits.signal,
        limits.value,
        limits.target_value

    from limits

    left join ruled_targets
        on limits.account_id = ruled_targets.account_id
        and limits.signal = ruled_targets.signal

    where
        limits.cap_number = 1
        and limits.target_value is not null
        and ruled_targets.account_id is null

),

typed as (

    select
        account_id,
        score_date,
        signal,
        value,
        cast(target_value as numeric(28, 6)) as target_value

    from targets

)

select
    typed.account_id,
    typed.score_date,
    scored.scorecard,
    typed.signal,
    coalesce(weighed.value, typed.value) as value,
    weighed.points,
    cast(coalesce(weighed.weight, 0) as numeric(28, 6)) as weight,
    cast(coalesce(weighed.contribution, 0) as numeric(28, 6)) as contribution,
    typed.target_value,
    {{ rule_points('typed.target_value', 'rules', 'tiers.points') }} as target_points
from typed
inner join scored
    on typed.account_id = scored.account_id
left join weighed
    on typed.account_id = weighed.account_id
    and typed.signal = weighed.signal
left join rules
    on scored.scorecard = rules.scorecard
    and scored.profile = rules.profile
    and typed.signal = rules.signal
    and weighed.signal = rules.signal
left join tiers
    on rules.rule = 'tier'
    and rules.scorecard = tiers.scorecard
    and rules.rule_profile = tiers.profile
    and rules.signal = tiers.signal
    and (tiers.lower_bound is null or typed.target_value >= tiers.lower_bound)
    and (tiers.upper_bound is null or typed.target_value < tiers.upper_bound)

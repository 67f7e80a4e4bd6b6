-- One row per live account, score date, scorecard and weighed signal: the reasons of a score.

with

contributions as (

    select * from {{ ref('int_contributions') }}

),

scores as (

    select * from {{ ref('int_scores') }}

),

rules as (

    select * from {{ ref('int_scorecard_rules') }}

),

tiers as (

    select * from {{ ref('signal_tiers') }}

),

signals as (

    select * from {{ ref('signals') }}

),

explained as (

    select
        contributions.account_id,
        contributions.score_date,
        contributions.scorecard,
        scores.profile,
        contributions.signal,
        contributions.dimension,
        contributions.value,
        contributions.state,
        contributions.observed_on,
        contributions.missing_policy,
        contributions.is_imputed,
        contributions.points,
        contributions.greatest_points,
        contributions.rule_profile,
        contributions.applicable_weight,
        contributions.weight,
        case when scores.score is not null then contributions.contribution end as contribution,
        case when scores.score is not null then contributions.points_lost end as points_lost,
        case
            when
                contributions.state = 'measured'
                and contributions.weight > 0
                and scores.score = scores.effective_score
                then {{ rounded(ratio('scores.points_to_next_band', 'contributions.weight')) }}
        end as points_for_next_band

    from contributions

    inner join scores
        on contributions.account_id = scores.account_id
        and contributions.score_date = scores.score_date
        and contributions.scorecard = scores.scorecard

),

reachable as (

    select
        account_id,
        score_date,
        scorecard,
        profile,
        signal,
        rule_profile,
        value,
        points_for_next_band,
        points + points_for_next_band as target_points

    from explained

    where
        greatest_points is null
        or points + points_for_next_band <= greatest_points

),

tier_targets as (

    select
        reachable.account_id,
        reachable.score_date,
        reachable.scorecard,
        reachable.signal,
        case
            when tiers.lower_bound > reachable.value then tiers.lower_bound
            else tiers.upper_bound
        end as target_value,
        row_number() over (
            partition by
                reachable.account_id,
                reachable.score_date,
                reachable.scorecard,
                reachable.signal
            order by
                tiers.points,
                coalesce(tiers.lower_bound, tiers.upper_bound)
        ) as tier_number

    from reachable

    inner join tiers
        on reachable.scorecard = tiers.scorecard
        and reachable.rule_profile = tiers.profile
        and reachable.signal = tiers.signal
        and reachable.target_points <= tiers.points

),

targets as (

    select
        reachable.account_id,
        reachable.score_date,
        reachable.scorecard,
        reachable.signal,
        reachable.points_for_next_band,
        {{ rounded("case
            when rules.rule = 'linear'
                then rules.worst + (rules.best - rules.worst) * reachable.target_points / 100.0
            when rules.rule = 'per_unit'
                then rules.neutral + " ~ ratio('reachable.target_points', 'rules.points_per_unit') ~ "
            else tier_targets.target_value
        end") }} as target_value

    from reachable

    inner join rules
        on reachable.scorecard = rules.scorecard
        and reachable.profile = rules.profile
        and reachable.signal = rules.signal

    left join tier_targets
        on reachable.account_id = tier_targets.account_id
        and reachable.score_date = tier_targets.score_date
        and reachable.scorecard = tier_targets.scorecard
        and reachable.signal = tier_targets.signal
        and tier_targets.tier_number = 1

    where reachable.points_for_next_band is not null

),

attainable as (

    select
        account_id,
        score_date,
        scorecard,
        signal,
        points_for_next_band,
        target_value

    from targets

    where target_value is not null

)

select
    explained.account_id,
    explained.score_date,
    explained.scorecard,
    explained.signal,
    signals.title,
    explained.dimension,
    explained.value,
    signals.unit,
    explained.state,
    explained.observed_on,
    explained.missing_policy,
    explained.is_imputed,
    explained.points,
    explained.applicable_weight,
    explained.weight,
    explained.contribution,
    explained.points_lost,
    attainable.points_for_next_band,
    attainable.target_value as value_for_next_band
from explained
inner join signals
    on explained.signal = signals.signal
left join attainable
    on explained.account_id = attainable.account_id
    and explained.score_date = attainable.score_date
    and explained.scorecard = attainable.scorecard
    and explained.signal = attainable.signal

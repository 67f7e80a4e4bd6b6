-- One row per compared pair, account, scorecard and signal that weighed on the earlier day: its points on both days.

with

changes as (

    select * from {{ ref('int_change_scores') }}

    where status = 'split'

),

rules as (

    select * from {{ ref('history_rules') }}

),

tiers as (

    select * from {{ ref('history_tiers') }}

),

signals as (

    select * from {{ ref('history_signals') }}

),

pairs as (

    select * from {{ ref('int_change_pairs') }}

),

compared_days as (

    select
        score_date,
        from_config_version as config_version

    from pairs

    union

    select
        from_date as score_date,
        from_config_version as config_version

    from pairs

),

-- Taken down to these days first, so that a night costs the same however long the history is.
compared_signals as (

    select
        signals.score_date,
        signals.config_version,
        signals.account_id,
        signals.signal,
        signals.value,
        signals.state

    from signals

    inner join compared_days
        on signals.score_date = compared_days.score_date
        and signals.config_version = compared_days.config_version

),

priors as (

    select * from {{ ref('history_priors') }}

),

measured as (

    select
        changes.compared_with,
        changes.score_date,
        changes.from_date,
        changes.account_id,
        changes.scorecard,
        rules.signal,
        rules.dimension,
        rules.method,
        rules.weight,
        rules.dimension_weight,
        rules.is_relative,
        former.state as state_before,
        latter.state as state_after,
        former.value as value_before,
        latter.value as value_after,
        case
            when former.state = 'measured'
                then {{ rule_points('former.value', 'rules', 'tiers_before.points') }}
        end as measured_before,
        case
            when latter.state = 'measured'
                then {{ rule_points('latter.value', 'rules', 'tiers_after.points') }}
        end as measured_after,
        case rules.missing_policy
            when 'zero' then rules.least_points
            when 'neutral' then rules.neutral_points
            when 'prior' then priors_before.prior_points
        end as assumed_before,
        case rules.missing_policy
            when 'zero' then rules.least_points
            when 'neutral' then rules.neutral_points
            when 'prior' then priors_after.prior_points
        end as assumed_after

    from changes

    inner join rules
        on changes.from_config_version = rules.config_version
        and changes.profile_before = rules.profile
        and changes.scorecard = rules.scorecard

    inner join compared_signals as former
        on changes.from_date = former.score_date
        and changes.from_config_version = former.config_version
        and changes.account_id = former.account_id
        and rules.signal = former.signal

    inner join compared_signals as latter
        on changes.score_date = latter.score_date
        and changes.from_config_version = latter.config_version
        and changes.account_id = latter.account_id
        and rules.signal = latter.signal

    left join tiers as tiers_before
        on rules.rule = 'tier'
        and rules.config_version = tiers_before.config_version
        and rules.scorecard = tiers_before.scorecard
        and rules.rule_profile = tiers_before.profile
        and rules.signal = tiers_before.signal
        and (tiers_before.lower_bound is null or former.value >= tiers_before.lower_bound)
        and (tiers_before.upper_bound is null or former.value < tiers_before.upper_bound)

    left join tiers as tiers_after
        on rules.rule = 'tier'
        and rules.config_version = tiers_after.config_version
        and rules.scorecard = tiers_after.scorecard
        and rules.rule_profile = tiers_after.profile
        and rules.signal = tiers_after.signal
        and (tiers_after.lower_bound is null or latter.value >= tiers_after.lower_bound)
        and (tiers_after.upper_bound is null or latter.value < tiers_after.upper_bound)

    left join priors as priors_before
        on changes.from_date = priors_before.score_date
        and changes.from_config_version = priors_before.config_version
        and changes.scorecard = priors_before.scorecard
        and changes.profile_before = priors_before.profile
        and rules.signal = priors_before.signal

    left join priors as priors_after
        on changes.score_date = priors_after.score_date
        and changes.from_config_version = priors_after.config_version
        and changes.scorecard = priors_after.scorecard
        and changes.profile_before = priors_after.profile
        and rules.signal = priors_after.signal

),

staged as (

    select
        compared_with,
        score_date,
        from_date,
        account_id,
        scorecard,
        signal,
        dimension,
        method,
        weight,
        dimension_weight,
        state_before,
        state_after,
        value_before,
        value_after,
        case
            when state_before = 'measured' then measured_before
            when state_before <> 'not_applicable' then assumed_before
        end as points_before,
        case
            when state_before = 'measured' and state_after = 'measured' and is_relative = 0 then measured_after
            when state_before = 'measured' then measured_before
            when state_before <> 'not_applicable' then assumed_before
        end as points_after_behaviour,
        case
            when state_before = 'measured' and state_after = 'measured' then measured_after
            when state_before = 'measured' then measured_before
            when state_before <> 'not_applicable' then assumed_after
        end as points_after_peers,
        case
            when state_after = 'measured' then measured_after
            when state_after <> 'not_applicable' then assumed_after
        end as points_after_coverage,
        row_number() over (
            partition by
                compared_with,
                score_date,
                account_id,
                scorecard,
                case when state_before = state_after then 0 else 1 end
            order by signal
        ) as state_rank

    from measured

)

select
    compared_with,
    score_date,
    from_date,
    account_id,
    scorecard,
    signal,
    dimension,
    method,
    weight,
    dimension_weight,
    state_before,
    state_after,
    value_before,
    value_after,
    cast(points_before as numeric(28, 6)) as points_before,
    cast(points_after_behaviour as numeric(28, 6)) as points_after_behaviour,
    cast(points_after_peers as numeric(28, 6)) as points_after_peers,
    cast(points_after_coverage as numeric(28, 6)) as points_after_coverage,
    cast(case when state_before = state_after then 0 else state_rank end as integer) as coverage_step
from staged

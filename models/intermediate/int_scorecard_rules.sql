-- One row per scorecard, profile and signal that has weight there.

with

scorecards as (

    select * from {{ ref('scorecards') }}

),

profiles as (

    select * from {{ ref('profiles') }}

),

signals as (

    select * from {{ ref('signals') }}

),

signal_rules as (

    select * from {{ ref('signal_rules') }}

),

signal_tiers as (

    select * from {{ ref('signal_tiers') }}

),

scorecard_dimensions as (

    select * from {{ ref('int_scorecard_dimensions') }}

),

-- The profile's own row is preferred to the row for any profile.
candidates as (

    select
        signal_rules.scorecard,
        profiles.profile,
        signal_rules.signal,
        signal_rules.profile as rule_profile,
        signal_rules.weight,
        signal_rules.rule,
        signal_rules.points_per_unit,
        signal_rules.neutral,
        signal_rules.min_points,
        signal_rules.max_points,
        signal_rules.worst,
        signal_rules.best,
        signal_rules.missing_policy,
        row_number() over (
            partition by
                signal_rules.scorecard, profiles.profile, signal_rules.signal
            order by case when signal_rules.profile = '*' then 1 else 0 end
        ) as preference

    from signal_rules

    inner join profiles
        on signal_rules.profile in ('*', profiles.profile)

),

tier_ranges as (

    select
        scorecard,
        profile,
        signal,
        min(points) as least_points,
        max(points) as greatest_points

    from signal_tiers

    group by scorecard, profile, signal

),

-- A weight of 0 switches the signal off.
resolved as (

    select
        cast(candidates.scorecard as {{ dbt.type_string() }}) as scorecard,
        cast(candidates.profile as {{ dbt.type_string() }}) as profile,
        cast(candidates.signal as {{ dbt.type_string() }}) as signal,
        cast(signals.dimension as {{ dbt.type_string() }}) as dimension,
        cast(signals.is_relative as integer) as is_relative,
        cast(scorecards.method as {{ dbt.type_string() }}) as method,
        cast(candidates.rule_profile as {{ dbt.type_string() }}) as rule_profile,
        cast(candidates.weight as numeric(28, 6)) as weight,
        cast(
            case
                when scorecards.method = 'sum' then 1
                else scorecard_dimensions.dimension_weight
            end as numeric(28, 6)
        ) as dimension_weight,
        cast(candidates.rule as {{ dbt.type_string() }}) as rule,
        cast(candidates.points_per_unit as numeric(28, 6)) as points_per_unit,
        cast(candidates.neutral as numeric(28, 6)) as neutral,
        cast(candidates.min_points as numeric(28, 6)) as min_points,
        cast(candidates.max_points as numeric(28, 6)) as max_points,
        cast(candidates.worst as numeric(28, 6)) as worst,
        cast(candidates.best as numeric(28, 6)) as best,
        cast(candidates.missing_policy as {{ dbt.type_string() }}) as missing_policy,
        cast(
            case candidates.rule
                when 'linear' then 0
                when 'tier' then tier_ranges.least_points
                when 'per_unit' then candidates.min_points
            end as numeric(28, 6)
        ) as least_points,
        cast(
            case candidates.rule
                when 'linear' then 100
                when 'tier' then tier_ranges.greatest_points
                when 'per_unit' then candidates.max_points
            end as numeric(28, 6)
        ) as greatest_points

    from candidates

    inner join scorecards
        on candidates.scorecard = scorecards.scorecard

    inner join signals
        on candidates.signal = signals.signal

    left join scorecard_dimensions
        on candidates.scorecard = scorecard_dimensions.scorecard
        and candidates.profile = scorecard_dimensions.profile
        and signals.dimension = scorecard_dimensions.dimension

    left join tier_ranges
        on candidates.scorecard = tier_ranges.scorecard
        and candidates.rule_profile = tier_ranges.profile
        and candidates.signal = tier_ranges.signal

    where candidates.preference = 1 and candidates.weight <> 0

)

select * from resolved

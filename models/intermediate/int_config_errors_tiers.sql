-- One row per tier of signal_tiers.csv that leaves a gap, overlaps or is never reached.

with

scorecards as (

    select * from {{ ref('scorecards') }}

),

signal_rules as (

    select * from {{ ref('signal_rules') }}

),

signal_tiers as (

    select * from {{ ref('signal_tiers') }}

),

tier_rules as (

    select
        scorecard,
        profile,
        signal

    from signal_rules

    where rule = 'tier'

    group by scorecard, profile, signal

),

-- Neighbours in the order of their lower bounds, an open lower end first.
neighbours as (

    select
        scorecard,
        profile,
        signal,
        label,
        lower_bound,
        upper_bound,
        points,
        lag(upper_bound) over (
            partition by scorecard, profile, signal
            order by
                case when lower_bound is null then 0 else 1 end,
                coalesce(lower_bound, 0),
                case when upper_bound is null then 1 else 0 end,
                coalesce(upper_bound, 0)
        ) as previous_upper_bound,
        row_number() over (
            partition by scorecard, profile, signal
            order by
                case when lower_bound is null then 0 else 1 end,
                coalesce(lower_bound, 0),
                case when upper_bound is null then 1 else 0 end,
                coalesce(upper_bound, 0)
        ) as tier_number,
        count(*) over (partition by scorecard, profile, signal) as tier_count

    from signal_tiers

),

tiers as (

    select
        {{ row_key(['scorecard', 'profile', 'signal', 'label'], 'neighbours') }} as row_key,
        scorecards.method,
        case when tier_rules.signal is null then 0 else 1 end as has_rule,
        neighbours.lower_bound,
        neighbours.upper_bound,
        neighbours.points,
        neighbours.previous_upper_bound,
        neighbours.tier_number,
        neighbours.tier_count

    from neighbours

    left join scorecards
        on neighbours.scorecard = scorecards.scorecard

    left join tier_rules
        on neighbours.scorecard = tier_rules.scorecard
        and neighbours.profile = tier_rules.profile
        and neighbours.signal = tier_rules.signal

),

problems as (

    select
        row_key,
        'no row of signal_rules.csv with rule tier has this scorecard, profile and signal; '
        || 'correct the names or delete the tier' as problem
    from tiers
    where has_rule = 0

    union all

    select
        row_key,
        'no value can reach this tier; upper_bound must be above lower_bound' as problem
    from tiers
    where lower_bound >= upper_bound

    union all

    select
        row_key,
        'a value between the tier before and this one has no points; '
        || 'let lower_bound be the upper_bound before it' as problem
    from tiers
    where lower_bound > previous_upper_bound

    union all

    select
        row_key,
        'some values belong to this tier and to the one before it; '
        || 'let lower_bound be the upper_bound before it' as problem
    from tiers
    where
        tier_number > 1
        and (
            lower_bound is null
            or previous_upper_bound is null
            or lower_bound < previous_upper_bound
        )

    union all

    select
        row_key,
        'values below the lowest tier have no points; leave its lower_bound empty' as problem
    from tiers
    where tier_number = 1 and lower_bound is not null

    union all

    select
        row_key,
        'values from the end of the highest tier on have no points; '
        || 'leave its upper_bound empty' as problem
    from tiers
    where tier_number = tier_count and upper_bound is not null

    union all

    select
        row_key,
        'the points are outside 0 to 100, the scale of a weighted_average' as problem
    from tiers
    where method = 'weighted_average' and (points < 0 or points > 100)

),

typed as (

    select
        cast('signal_tiers.csv' as {{ dbt.type_string() }}) as file_name,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(problem as {{ dbt.type_string() }}) as problem

    from problems

)

select * from typed

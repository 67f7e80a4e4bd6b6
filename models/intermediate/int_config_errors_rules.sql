-- One row per thing that keeps a rule of signal_rules.csv from scoring as meant.

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

tier_counts as (

    select
        scorecard,
        profile,
        signal,
        count(*) as tier_count

    from signal_tiers

    group by scorecard, profile, signal

),

-- A row with weight 0 only switches a signal off; its rule is never read.
rules_in_use as (

    select
        {{ row_key(['scorecard', 'profile', 'signal'], 'signal_rules') }} as row_key,
        scorecards.method,
        signal_rules.weight,
        signal_rules.rule,
        signal_rules.points_per_unit,
        signal_rules.neutral,
        signal_rules.min_points,
        signal_rules.max_points,
        signal_rules.worst,
        signal_rules.best,
        signal_rules.missing_policy,
        coalesce(tier_counts.tier_count, 0) as tier_count

    from signal_rules

    inner join scorecards
        on signal_rules.scorecard = scorecards.scorecard

    left join tier_counts
        on signal_rules.scorecard = tier_counts.scorecard
        and signal_rules.profile = tier_counts.profile
        and signal_rules.signal = tier_counts.signal

    where signal_rules.weight <> 0

),

problems as (

    select
        row_key,
        'the weight is negative, which only a scorecard of method sum allows; '
        || 'swap worst and best, or the sign of points_per_unit, instead' as problem
    from rules_in_use
    where method = 'weighted_average' and weight < 0

    union all

    select
        row_key,
        'rule per_unit needs points_per_unit and neutral' as problem
    from rules_in_use
    where rule = 'per_unit' and (points_per_unit is null or neutral is null)

    union all

    select
        row_key,
        'min_points must be below max_points' as problem
    from rules_in_use
    where rule = 'per_unit' and min_points >= max_points

    union all

    select
        row_key,
        'points can leave 0 to 100, the scale of a weighted_average; '
        || 'set min_points and max_points within it' as problem
    from rules_in_use
    where
        rule = 'per_unit' and method = 'weighted_average'
        and (coalesce(min_points, -1) < 0 or coalesce(max_points, 101) > 100)

    union all

    select
        row_key,
        'missing_policy zero needs the least points of the rule; '
        || 'set min_points or choose another policy' as problem
    from rules_in_use
    where rule = 'per_unit' and missing_policy = 'zero' and min_points is null

    union all

    select
        row_key,
        'rule linear needs worst and best' as problem
    from rules_in_use
    where rule = 'linear' and (worst is null or best is null)

    union all

    select
        row_key,
        'worst and best are equal; set the value that earns 0 and the one that earns 100' as problem
    from rules_in_use
    where rule = 'linear' and worst = best

    union all

    select
        row_key,
        'rule tier has no tiers for exactly this scorecard, profile and signal; '
        || 'add them to signal_tiers.csv' as problem
    from rules_in_use
    where rule = 'tier' and tier_count = 0

    union all

    select
        row_key,
        'rule linear reads worst and best only; '
        || 'empty the other numbers or change the rule' as problem
    from rules_in_use
    where
        rule = 'linear'
        and coalesce(points_per_unit, neutral, min_points, max_points) is not null

    union all

    select
        row_key,
        'rule per_unit does not read worst and best; empty them or change the rule' as problem
    from rules_in_use
    where rule = 'per_unit' and coalesce(worst, best) is not null

    union all

    select
        row_key,
        'rule tier reads signal_tiers.csv only; '
        || 'empty the numbers of this row or change the rule' as problem
    from rules_in_use
    where
        rule = 'tier'
        and coalesce(points_per_unit, neutral, min_points, max_points, worst, best) is not null

),

typed as (

    select
        cast('signal_rules.csv' as {{ dbt.type_string() }}) as file_name,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(problem as {{ dbt.type_string() }}) as problem

    from problems

)

select * from typed

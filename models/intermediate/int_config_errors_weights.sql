-- One row per group of weights, as resolved for a profile, that does not add up.

with

scorecards as (

    select * from {{ ref('scorecards') }}

),

profiles as (

    select * from {{ ref('profiles') }}

),

dimension_weights as (

    select * from {{ ref('dimension_weights') }}

),

scorecard_dimensions as (

    select * from {{ ref('int_scorecard_dimensions') }}

),

scorecard_rules as (

    select * from {{ ref('int_scorecard_rules') }}

),

signal_sums as (

    select
        scorecard,
        profile,
        dimension,
        method,
        max(dimension_weight) as dimension_weight,
        sum(weight) as weight_sum

    from scorecard_rules

    group by scorecard, profile, dimension, method

),

dimension_sums as (

    select
        scorecards.scorecard,
        scorecard_dimensions.profile,
        sum(scorecard_dimensions.dimension_weight) as weight_sum

    from scorecard_dimensions

    inner join scorecards
        on scorecard_dimensions.scorecard = scorecards.scorecard

    where scorecards.method = 'weighted_average'

    group by scorecards.scorecard, scorecard_dimensions.profile

),

-- Every scorecard with every profile, also those that weigh nothing.
dimension_counts as (

    select
        scorecards.scorecard,
        profiles.profile,
        scorecards.min_dimensions,
        count(distinct scorecard_rules.dimension) as dimension_count

    from scorecards

    cross join profiles

    left join scorecard_rules
        on scorecards.scorecard = scorecard_rules.scorecard
        and profiles.profile = scorecard_rules.profile

    group by scorecards.scorecard, profiles.profile, scorecards.min_dimensions

),

-- One mistake in a row for any profile shows in several profiles.
profile_problems as (

    select
        'signal_rules.csv' as file_name,
        {{ row_key(['scorecard', 'dimension']) }} as row_key,
        'the weights of the signals sum to ' || cast(weight_sum as {{ dbt.type_string() }})
        || ' and not to 100' as problem,
        profile
    from signal_sums
    where method = 'weighted_average' and dimension_weight is not null and weight_sum <> 100

    union all

    select
        'dimension_weights.csv' as file_name,
        {{ row_key(['scorecard', 'dimension']) }} as row_key,
        'signals have weight in a dimension that has none; '
        || 'give the dimension a weight or its signals the weight 0' as problem,
        profile
    from signal_sums
    where method = 'weighted_average' and dimension_weight is null

    union all

    select
        'dimension_weights.csv' as file_name,
        {{ row_key(['scorecard']) }} as row_key,
        'the weights of the dimensions sum to ' || cast(weight_sum as {{ dbt.type_string() }})
        || ' and not to 100' as problem,
        profile
    from dimension_sums
    where weight_sum <> 100

    union all

    select
        'dimension_weights.csv' as file_name,
        {{ row_key(['scorecard', 'dimension'], 'scorecard_dimensions') }} as row_key,
        'the dimension has weight and none of its signals has; '
        || 'add a rule to signal_rules.csv or give the dimension the weight 0' as problem,
        scorecard_dimensions.profile
    from scorecard_dimensions
    inner join scorecards
        on scorecard_dimensions.scorecard = scorecards.scorecard
    left join signal_sums
        on scorecard_dimensions.scorecard = signal_sums.scorecard
        and scorecard_dimensions.profile = signal_sums.profile
        and scorecard_dimensions.dimension = signal_sums.dimension
    where scorecards.method = 'weighted_average' and signal_sums.dimension is null

    union all

    select
        'signal_rules.csv' as file_name,
        {{ row_key(['scorecard']) }} as row_key,
        'no signal has weight, so nothing can be scored; add a rule' as problem,
        profile
    from dimension_counts
    where dimension_count = 0

    union all

    select
        'scorecards.csv' as file_name,
        {{ row_key(['scorecard']) }} as row_key,
        'min_dimensions can never be met, for only '
        || cast(dimension_count as {{ dbt.type_string() }})
        || ' dimensions have weight; lower it' as problem,
        profile
    from dimension_counts
    where dimension_count > 0 and dimension_count < min_dimensions

),

problems as (

    select
        file_name,
        row_key,
        problem || ' (profiles: '
        || {{ dbt.listagg('profile', "', '", 'order by profile') }} || ')' as problem
    from profile_problems
    group by file_name, row_key, problem

    union all

    select
        'dimension_weights.csv' as file_name,
        {{ row_key(['scorecard', 'profile', 'dimension'], 'dimension_weights') }} as row_key,
        'a scorecard of method sum has no dimension weights; delete the row' as problem
    from dimension_weights
    inner join scorecards
        on dimension_weights.scorecard = scorecards.scorecard
    where scorecards.method = 'sum'

    union all

    select
        'dimension_weights.csv' as file_name,
        {{ row_key(['scorecard', 'profile', 'dimension']) }} as row_key,
        'the weight is negative; use 0 to leave the dimension out' as problem
    from dimension_weights
    where weight < 0

),

typed as (

    select
        cast(file_name as {{ dbt.type_string() }}) as file_name,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(problem as {{ dbt.type_string() }}) as problem

    from problems

)

select * from typed

-- One row per scorecard, profile and dimension that has weight there.

with

profiles as (

    select * from {{ ref('profiles') }}

),

dimension_weights as (

    select * from {{ ref('dimension_weights') }}

),

-- The profile's own row is preferred to the row for any profile.
candidates as (

    select
        dimension_weights.scorecard,
        profiles.profile,
        dimension_weights.dimension,
        dimension_weights.profile as weight_profile,
        dimension_weights.weight as dimension_weight,
        row_number() over (
            partition by
                dimension_weights.scorecard,
                profiles.profile,
                dimension_weights.dimension
            order by case when dimension_weights.profile = '*' then 1 else 0 end
        ) as preference

    from dimension_weights

    inner join profiles
        on dimension_weights.profile in ('*', profiles.profile)

),

-- A weight of 0 switches the dimension off.
resolved as (

    select
        cast(scorecard as {{ dbt.type_string() }}) as scorecard,
        cast(profile as {{ dbt.type_string() }}) as profile,
        cast(dimension as {{ dbt.type_string() }}) as dimension,
        cast(weight_profile as {{ dbt.type_string() }}) as weight_profile,
        cast(dimension_weight as numeric(28, 6)) as dimension_weight

    from candidates

    where preference = 1 and dimension_weight <> 0

)

select * from resolved

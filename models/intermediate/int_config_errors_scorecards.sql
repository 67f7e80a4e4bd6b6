-- One row per thing that is wrong with a scorecard, its bands or its caps.

with

scorecards as (

    select * from {{ ref('scorecards') }}

),

health_bands as (

    select * from {{ ref('health_bands') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

primaries as (

    select coalesce(sum(is_primary), 0) as primary_count

    from scorecards

),

band_counts as (

    select
        scorecards.scorecard,
        count(health_bands.band) as band_count,
        sum(
            case
                when health_bands.band is not null and health_bands.lower_bound is null then 1
                else 0
            end
        ) as lowest_band_count

    from scorecards

    left join health_bands
        on scorecards.scorecard = health_bands.scorecard

    group by scorecards.scorecard

),

bounds as (

    select
        scorecard,
        band,
        lower_bound,
        count(*) over (partition by scorecard, lower_bound) as bands_with_this_bound

    from health_bands

),

bands as (

    select
        bounds.scorecard,
        bounds.band,
        bounds.lower_bound,
        bounds.bands_with_this_bound,
        scorecards.method

    from bounds

    left join scorecards
        on bounds.scorecard = scorecards.scorecard

),

caps as (

    select
        score_caps.scorecard,
        score_caps.cap_name,
        score_caps.cap,
        scorecards.method

    from score_caps

    left join scorecards
        on score_caps.scorecard = scorecards.scorecard

),

problems as (

    select
        'scorecards.csv' as file_name,
        'is_primary=1' as row_key,
        cast(primary_count as {{ dbt.type_string() }})
        || ' scorecards are primary; give is_primary 1 to exactly one' as problem
    from primaries
    where primary_count <> 1

    union all

    select
        'scorecards.csv' as file_name,
        {{ row_key(['scorecard']) }} as row_key,
        'min_coverage is a share from 0 to 1; write 0.5 for 50 %' as problem
    from scorecards
    where min_coverage < 0 or min_coverage > 1

    union all

    select
        'scorecards.csv' as file_name,
        {{ row_key(['scorecard']) }} as row_key,
        'a sum counts what is measured; set min_coverage to 0' as problem
    from scorecards
    where method = 'sum' and min_coverage <> 0

    union all

    select
        'scorecards.csv' as file_name,
        {{ row_key(['scorecard']) }} as row_key,
        'min_dimensions is negative; use 0 or more' as problem
    from scorecards
    where min_dimensions < 0

    union all

    select
        'health_bands.csv' as file_name,
        {{ row_key(['scorecard']) }} as row_key,
        'the scorecard has no bands; add at least one with an empty lower_bound' as problem
    from band_counts
    where band_count = 0

    union all

    select
        'health_bands.csv' as file_name,
        {{ row_key(['scorecard']) }} as row_key,
        'no band takes the lowest scores; leave the lower_bound of the lowest band empty' as problem
    from band_counts
    where band_count > 0 and lowest_band_count = 0

    union all

    select
        'health_bands.csv' as file_name,
        {{ row_key(['scorecard', 'band']) }} as row_key,
        'another band of the scorecard has the same lower_bound; '
        || 'give each band its own, and only the lowest an empty one' as problem
    from bands
    where bands_with_this_bound > 1

    union all

    select
        'health_bands.csv' as file_name,
        {{ row_key(['scorecard', 'band']) }} as row_key,
        'lower_bound is outside 0 to 100, the scale of a weighted_average' as problem
    from bands
    where method = 'weighted_average' and (lower_bound < 0 or lower_bound > 100)

    union all

    select
        'health_bands.csv' as file_name,
        {{ row_key(['scorecard', 'band']) }} as row_key,
        'insufficient_data is the band of accounts without a score; use another name' as problem
    from bands
    where band = 'insufficient_data'

    union all

    select
        'score_caps.csv' as file_name,
        {{ row_key(['scorecard', 'cap_name']) }} as row_key,
        'the cap is outside 0 to 100, the scale of a weighted_average' as problem
    from caps
    where method = 'weighted_average' and (cap < 0 or cap > 100)

),

typed as (

    select
        cast(file_name as {{ dbt.type_string() }}) as file_name,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(problem as {{ dbt.type_string() }}) as problem

    from problems

)

select * from typed

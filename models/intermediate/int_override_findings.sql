-- One row per finding about overrides that are in force or to come: advice, not an error.

with

overrides as (

    select * from {{ ref('stg_score_overrides') }}

),

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

last_dates as (

    select max(score_date) as score_date from score_dates

),

present as (

    select
        overrides.override_id,
        overrides.account_id,
        overrides.scorecard,
        overrides.starts_on,
        overrides.expires_on

    from overrides

    cross join last_dates

    where
        overrides.expires_on >= last_dates.score_date
        and {{ known_by('overrides', 'last_dates.score_date') }}

),

-- The later start wins, then the greater id, as in int_overrides_in_force.
beaten as (

    select distinct
        earlier.scorecard,
        earlier.account_id,
        earlier.override_id

    from present as earlier

    inner join present as later
        on earlier.account_id = later.account_id
        and earlier.scorecard = later.scorecard
        and earlier.override_id <> later.override_id
        and earlier.expires_on >= later.starts_on
        and (
            earlier.starts_on < later.starts_on
            or (earlier.starts_on = later.starts_on and earlier.override_id < later.override_id)
        )

),

found as (

    select
        'overlapping overrides' as finding,
        'warning' as severity,
        scorecard as subject,
        'Let the earlier one expire the day before the later one starts, or delete one of the two.' as remedy,
        count(*) as row_count,
        'overrides run on while a later one of the same account counts alone, '
        || 'such as ' || min(override_id) as detail

    from beaten

    group by scorecard

)

select
    cast(finding as {{ dbt.type_string() }}) as finding,
    cast(severity as {{ dbt.type_string() }}) as severity,
    cast(subject as {{ dbt.type_string() }}) as subject,
    cast(row_count as bigint) as row_count,
    cast(detail as {{ dbt.type_string() }}) as detail,
    cast(remedy as {{ dbt.type_string() }}) as remedy
from found

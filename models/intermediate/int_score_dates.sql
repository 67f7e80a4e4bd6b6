-- One row per score date of this run: the days asked for, else all that are due.

with

input_days as (

    select * from {{ ref('int_input_days') }}

),

last_complete as (

    select * from {{ ref('int_last_complete_day') }}

),

completed as (

    select * from {{ ref('int_completed_dates') }}

),

versions as (

    select * from {{ ref('int_config_version') }}

),

requested as (

    {{ requested_score_dates() }}

),

numbers as (

    {{ dbt.generate_series(var('catch_up_days') | int) }}

),

-- A scheduler that was down leaves days behind the last one that is done.
last_done as (

    select max(completed.score_date) as score_date

    from completed

    cross join last_complete

    where
        completed.is_due = 1
        and completed.score_date <= last_complete.score_date

),

missed as (

    select {{ days_before('last_complete.score_date', 'numbers.generated_number') }} as score_date

    from numbers

    cross join last_complete

    cross join last_done

    where {{ days_before('last_complete.score_date', 'numbers.generated_number') }} > last_done.score_date

),

-- Facts without a load time, or within its grace, may still arrive for a day that is done.
known_rows as (

    select
        completed.score_date,
        completed.known_row_count as former_row_count,
        sum(input_days.row_count) as known_row_count

    from completed

    cross join last_complete

    inner join input_days
        on completed.score_date >= input_days.event_date
        and completed.score_date >= input_days.known_on

    where
        completed.is_due = 1
        and completed.score_date > {{ days_before('last_complete.score_date', var('look_back_days')) }}
        and completed.score_date <= last_complete.score_date

    group by
        completed.score_date,
        completed.config_version,
        completed.known_row_count

),

due as (

    select score_date

    from requested

    union

    select last_complete.score_date

    from last_complete

    where not exists (select 1 from requested)

    union

    select missed.score_date

    from missed

    where not exists (select 1 from requested)

    union

    select known_rows.score_date

    from known_rows

    where
        known_rows.known_row_count <> known_rows.former_row_count
        and not exists (select 1 from requested)

),

newest as (

    select max(score_date) as score_date

    from due

),

spans as (

    select 7 as span_days

    union all

    select 28 as span_days

    union all

    select 90 as span_days

),

-- Trends compare under one configuration: snapshots of another one are scored again.
former_snapshots as (

    select
        spans.span_days,
        max(completed.score_date) as score_date

    from newest

    cross join spans

    inner join completed
        on completed.score_date <= {{ days_before('newest.score_date', 'spans.span_days') }}

    group by spans.span_days

),

rescored as (

    select former_snapshots.score_date

    from former_snapshots

    cross join versions

    left join completed
        on former_snapshots.score_date = completed.score_date
        and versions.config_version = completed.config_version
        and completed.scoring_version = '{{ var("scoring_version") }}'

    where completed.score_date is null

),

score_dates as (

    select
        score_date,
        1 as is_due

    from due

    union all

    select
        score_date,
        0 as is_due

    from rescored

)

select
    score_date,
    cast(max(is_due) * {{ 0 if env_var('HEALTH_RESCORE_ONLY', '') else 1 }} as integer) as is_due
from score_dates
where score_date is not null
group by score_date

-- One row per score date of this run: the days asked for, else the last complete day.

with

input_days as (

    select * from {{ ref('int_input_days') }}

),

requested as (

    {{ requested_score_dates() }}

),

last_days as (

    select
        max(case when table_name = 'usage_events' then event_date end) as last_usage_date,
        max(case when table_name <> 'accounts' then event_date end) as last_event_date,
        max(event_date) as last_any_date

    from input_days

),

defaults as (

    select
        {{ days_before('coalesce(last_usage_date, last_event_date, last_any_date)', 1) }} as score_date,
        1 as is_due

    from last_days

),

score_dates as (

    select
        score_date,
        is_due

    from requested

    union all

    select
        defaults.score_date,
        defaults.is_due

    from defaults

    left join requested
        on requested.is_due = 1

    where requested.score_date is null

)

select
    score_date,
    cast(max(is_due) as integer) as is_due
from score_dates
where score_date is not null
group by score_date

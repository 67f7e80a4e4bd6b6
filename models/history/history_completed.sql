-- One row per score date and configuration whose run passed every test, the last thing a run writes.

with

dates as (

    select * from {{ audited('history_dates') }}

),

score_dates as (

    select * from {{ audited('int_score_dates') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

),

input_days as (

    select * from {{ audited('int_input_days') }}

),

known_rows as (

    select
        score_dates.score_date,
        sum(input_days.row_count) as known_row_count

    from score_dates

    inner join input_days
        on score_dates.score_date >= input_days.event_date
        and score_dates.score_date >= input_days.known_on

    group by score_dates.score_date

)

select
    dates.score_date,
    dates.config_version,
    dates.scoring_version,
    dates.is_due,
    cast(known_rows.known_row_count as bigint) as known_row_count
from dates
inner join known_rows
    on dates.score_date = known_rows.score_date
inner join versions
    on dates.config_version = versions.config_version

-- One row per score date and contract table from which anything was known by then.

with

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

input_days as (

    select * from {{ ref('int_input_days') }}

),

complete as (

    select
        score_dates.score_date,
        input_days.table_name,
        max(input_days.event_date) as complete_on

    from score_dates

    inner join input_days
        on score_dates.score_date >= input_days.event_date
        and score_dates.score_date >= input_days.known_on

    group by
        score_dates.score_date,
        input_days.table_name

)

select * from complete

-- One row per score date of this run: the day asked for, else the last complete day.

with

input_days as (

    select * from {{ ref('int_input_days') }}

),

last_days as (

    select
        max(case when table_name = 'usage_events' then event_date end) as last_usage_date,
        max(case when table_name <> 'accounts' then event_date end) as last_event_date,
        max(event_date) as last_any_date

    from input_days

),

score_dates as (

    select
        coalesce(
            cast(nullif('{{ var("as_of") }}', '') as date),
            {{ days_before('coalesce(last_usage_date, last_event_date, last_any_date)', 1) }}
        ) as score_date

    from last_days

)

select * from score_dates
where score_date is not null

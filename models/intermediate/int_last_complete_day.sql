-- One row: the last complete day in the data; none where there is no data.

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

    having count(*) > 0

)

select {{ days_before('coalesce(last_usage_date, last_event_date, last_any_date)', 1) }} as score_date
from last_days

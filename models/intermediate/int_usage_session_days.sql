-- One row per account, session, day, and day from which it was known.

with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

daily as (

    select
        account_id,
        session_id,
        happened_on as event_date,
        known_on,
        sum(case when duration_seconds is not null then copies else 0 end) as timed_count,
        sum(copies * duration_seconds) as duration_seconds

    from usage_events

    where
        session_id is not null
        and {{ on_days('occurred_at', ref('int_usage_window_days'), 'is_due = 1' if is_incremental() else '1 = 1') }}

    group by
        account_id,
        session_id,
        happened_on,
        known_on

    having sum(copies) > 0

)

select
    account_id,
    session_id,
    event_date,
    known_on,
    cast(case when timed_count > 0 then duration_seconds end as numeric(28, 6)) as duration_seconds
from daily

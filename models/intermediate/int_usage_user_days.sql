-- One row per account, user, day with usage, and day from which it was known.

with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

erasure_requests as (

    select * from {{ ref('stg_erasure_requests') }}

),

erased_users as (

    select distinct user_id

    from erasure_requests

    where user_id is not null

),

daily as (

    select
        account_id,
        user_id,
        happened_on as event_date,
        known_on

    from usage_events

    where
        user_id is not null
        and {{ on_days('occurred_at', ref('int_usage_window_days'), 'is_due = 1' if is_incremental() else '1 = 1') }}

    group by
        account_id,
        user_id,
        happened_on,
        known_on

    having sum(copies) > 0

)

select daily.*
from daily
left join erased_users
    on daily.user_id = erased_users.user_id
where erased_users.user_id is null

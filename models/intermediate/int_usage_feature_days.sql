-- One row per account, feature, day on which it was used, and day from which that was known.

with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

daily as (

    select
        account_id,
        feature,
        happened_on as event_date,
        known_on

    from usage_events

    where
        feature is not null
        and {{ on_days('occurred_at', ref('int_usage_window_days'), 'is_due = 1' if is_incremental() else '1 = 1') }}

    group by
        account_id,
        feature,
        happened_on,
        known_on

    having sum(copies) > 0

)

select * from daily

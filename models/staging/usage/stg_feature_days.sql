-- One row per feature, day on which anybody used it, and day from which that was known.
-- depends_on: {{ ref('base_usage_due_days') }}

with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

daily as (

    select
        feature,
        happened_on as event_date,
        known_on

    from usage_events

    where
        feature is not null
        and {{ on_days('occurred_at', ref('base_usage_due_days')) if is_incremental() else '1 = 1' }}

    group by
        feature,
        happened_on,
        known_on

    having sum(copies) > 0

)

select * from daily

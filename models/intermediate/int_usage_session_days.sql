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
        cast(sum(duration_seconds) as numeric(28, 6)) as duration_seconds

    from usage_events

    where session_id is not null

    group by
        account_id,
        session_id,
        happened_on,
        known_on

)

select * from daily

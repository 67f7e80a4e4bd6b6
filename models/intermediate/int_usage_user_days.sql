-- One row per account, user, day with usage, and day from which it was known.

with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

daily as (

    select distinct
        account_id,
        user_id,
        happened_on as event_date,
        known_on

    from usage_events

    where user_id is not null

)

select * from daily

-- One row per account, channel, action, day, and day from which it was known.

with

engagement_events as (

    select * from {{ ref('stg_engagement_events') }}

),

daily as (

    select
        account_id,
        channel,
        action,
        happened_on as event_date,
        known_on,
        cast(count(*) as integer) as event_count

    from engagement_events

    group by
        account_id,
        channel,
        action,
        happened_on,
        known_on

)

select * from daily

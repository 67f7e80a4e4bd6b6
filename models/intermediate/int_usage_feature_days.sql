-- One row per account, feature, day on which it was used, and day from which that was known.

with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

daily as (

    select distinct
        account_id,
        feature,
        happened_on as event_date,
        known_on

    from usage_events

    where feature is not null

)

select * from daily

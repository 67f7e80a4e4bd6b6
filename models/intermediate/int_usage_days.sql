-- One row per account, day with usage, and day from which it was known.

with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

daily as (

    select
        account_id,
        happened_on as event_date,
        known_on,
        cast(count(*) as integer) as event_count,
        cast(sum(case when event_name = 'login' then 1 else 0 end) as integer) as login_count

    from usage_events

    group by
        account_id,
        happened_on,
        known_on

)

select * from daily

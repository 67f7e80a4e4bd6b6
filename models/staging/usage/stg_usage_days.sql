-- One row per account, day with usage, and day from which it was known.
-- depends_on: {{ ref('base_usage_due_days') }}

with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

daily as (

    select
        account_id,
        happened_on as event_date,
        known_on,
        cast(sum(copies) as integer) as event_count,
        cast(sum(case when event_name = 'login' then copies else 0 end) as integer) as login_count

    from usage_events

    {% if is_incremental() -%}
    where {{ on_days('occurred_at', ref('base_usage_due_days')) }}

    {% endif -%}
    group by
        account_id,
        happened_on,
        known_on

    having sum(copies) > 0

)

select * from daily

-- One row per live account and score date: usage counted over the windows that end on it.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

usage_days as (

    select * from {{ ref('stg_usage_days') }}

),

days as (

    select
        accounts.account_id,
        accounts.score_date,
        usage_days.event_date,
        usage_days.event_count,
        usage_days.login_count,
        {{ dbt.datediff('usage_days.event_date', 'accounts.score_date', 'day') }} as days_ago

    from accounts

    left join usage_days
        on accounts.account_id = usage_days.account_id
        and accounts.score_date >= usage_days.event_date
        and accounts.score_date >= usage_days.known_on

),

windows as (

    select
        account_id,
        score_date,
        max(event_date) as last_used_on,
        count(distinct case when days_ago < 28 then event_date end) as active_days_28d,
        count(distinct case when days_ago < 84 then floor(days_ago / 7.0) end) as active_weeks_12w,
        sum(case when days_ago < 28 then event_count else 0 end) as events_28d,
        sum(case when days_ago < 28 then login_count else 0 end) as logins_28d,
        sum(case when days_ago >= 28 and days_ago < 112 then event_count else 0 end) as events_84d_before

    from days

    group by
        account_id,
        score_date

)

select
    account_id,
    score_date,
    last_used_on,
    cast(active_days_28d as integer) as active_days_28d,
    cast(active_weeks_12w as integer) as active_weeks_12w,
    cast(events_28d as integer) as events_28d,
    cast(logins_28d as integer) as logins_28d,
    cast(events_84d_before as integer) as events_84d_before
from windows

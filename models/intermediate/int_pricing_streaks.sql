-- One row per live account and score date with three days on the pricing page and a query soon after.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

engagement_events as (

    select * from {{ ref('stg_engagement_events') }}

),

web_days as (

    select distinct
        accounts.account_id,
        accounts.score_date,
        engagement_events.action,
        engagement_events.happened_on as event_date

    from accounts

    inner join engagement_events
        on accounts.account_id = engagement_events.account_id
        and accounts.score_date >= engagement_events.happened_on
        and accounts.score_date >= engagement_events.known_on
        and engagement_events.happened_on > {{ days_before('accounts.score_date', 28) }}

    where
        engagement_events.channel = 'web'
        and engagement_events.action in ('pricing_view', 'query')

),

pricing_days as (

    select
        account_id,
        score_date,
        event_date as third_day,
        lag(event_date, 2) over (
            partition by
                account_id,
                score_date
            order by event_date
        ) as first_day

    from web_days

    where action = 'pricing_view'

),

query_days as (

    select
        account_id,
        score_date,
        event_date

    from web_days

    where action = 'query'

),

streaks as (

    select distinct
        pricing_days.account_id,
        pricing_days.score_date

    from pricing_days

    inner join query_days
        on pricing_days.account_id = query_days.account_id
        and pricing_days.score_date = query_days.score_date
        and pricing_days.third_day <= query_days.event_date
        and pricing_days.third_day >= {{ days_before('query_days.event_date', 7) }}

    where {{ dbt.datediff('pricing_days.first_day', 'pricing_days.third_day', 'day') }} = 2

)

select * from streaks

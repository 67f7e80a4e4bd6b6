-- One row per finding about the input: nothing was rejected for it, but somebody should know.

with

repeated_keys as (

    {{ repeated_key_counts() }}

),

input_rows as (

    select * from {{ ref('int_input_rows') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

usage_days as (

    select * from {{ ref('stg_usage_days') }}

),

tickets as (

    select * from {{ ref('stg_support_tickets') }}

),

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

churn_events as (

    select * from {{ ref('stg_churn_events') }}

),

account_dates as (

    select * from {{ ref('int_account_dates') }}

),

subscription_dates as (

    select * from {{ ref('int_subscription_dates') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

current_accounts as (

    select
        account_id,
        happened_on as signed_up_on

    from accounts

    where superseded_on is null

),

paid_periods as (

    select
        account_id,
        happened_on as first_date,
        coalesce(cast(ended_at as date), cast('9999-12-31' as date)) as next_date

    from subscriptions

    where
        superseded_on is null
        and coalesce(is_addon, 0) = 0

),

subscribers as (

    select distinct account_id

    from paid_periods

),

found as (

    select
        'same key, different content' as finding,
        'warning' as severity,
        table_name as subject,
        key_count as row_count,
        'keys came more than once with different content; every such row is kept and counts' as detail,
        'Make the key unique in the source, or feed a key of your own.' as remedy

    from repeated_keys

    union all

    select
        'rejected rows' as finding,
        'warning' as severity,
        table_name as subject,
        rejected_rows as row_count,
        'rows break the input contract and take no part in any score' as detail,
        'Read marts.rejected_rows: it names each row and the reason.' as remedy

    from input_rows

    union all

    select
        'usage before sign-up' as finding,
        'information' as severity,
        'usage_events' as subject,
        sum(usage_days.event_count) as row_count,
        'usage events are older than the sign-up of their account; they count' as detail,
        'Check signed_up_at: it may be the date of a contract or a migration.' as remedy

    from usage_days

    inner join current_accounts
        on usage_days.account_id = current_accounts.account_id

    where usage_days.event_date < current_accounts.signed_up_on

    union all

    select
        'tickets before sign-up' as finding,
        'information' as severity,
        'support_tickets' as subject,
        count(*) as row_count,
        'tickets were opened before their account signed up; they count' as detail,
        'Check signed_up_at: it may be the date of a contract or a migration.' as remedy

    from tickets

    inner join current_accounts
        on tickets.account_id = current_accounts.account_id

    where
        tickets.superseded_on is null
        and tickets.happened_on < current_accounts.signed_up_on

    union all

    select
        'usage without a subscription' as finding,
        'information' as severity,
        'usage_events' as subject,
        sum(usage_days.event_count) as row_count,
        'usage events fall on days without any subscription of their account; they count' as detail,
        'Check whether subscriptions are missing or end too early in the source.' as remedy

    from usage_days

    inner join subscribers
        on usage_days.account_id = subscribers.account_id

    left join paid_periods
        on usage_days.account_id = paid_periods.account_id
        and usage_days.event_date >= paid_periods.first_date
        and usage_days.event_date <= paid_periods.next_date

    where paid_periods.account_id is null

    union all

    select
        'many subscriptions at once' as finding,
        'warning' as severity,
        'subscriptions' as subject,
        count(distinct account_dates.account_id) as row_count,
        'accounts have more base subscriptions live at once than parallel_subscriptions_max; all add up' as detail,
        'If only one of them is real, end the others in the source.' as remedy

    from account_dates

    cross join settings

    where account_dates.paid_subscription_count > settings.parallel_subscriptions_max

    union all

    select
        'churned but subscribed' as finding,
        'warning' as severity,
        'churn_events' as subject,
        count(distinct churn_events.account_id) as row_count,
        'accounts have a churn event while a subscription that began before it is still live' as detail,
        'Decide which of the two is true and say so with the var churn_source.' as remedy

    from churn_events

    inner join subscription_dates
        on churn_events.account_id = subscription_dates.account_id
        and churn_events.happened_on > subscription_dates.started_on
        and churn_events.happened_on <= subscription_dates.score_date

    where
        coalesce(churn_events.is_reactivation, 0) = 0
        and subscription_dates.is_live = 1
        and subscription_dates.is_addon = 0
        and subscription_dates.is_trial = 0

    union all

    select
        'no exchange rate' as finding,
        'warning' as severity,
        'subscriptions' as subject,
        count(distinct account_dates.account_id) as row_count,
        'accounts pay in a currency without a rate; their revenue is unknown' as detail,
        'Feed the currency in exchange_rates.' as remedy

    from account_dates

    inner join subscription_dates
        on account_dates.account_id = subscription_dates.account_id
        and account_dates.score_date = subscription_dates.score_date

    where
        subscription_dates.is_live = 1
        and subscription_dates.mrr is not null
        and subscription_dates.mrr_reporting is null

)

select
    cast(finding as {{ dbt.type_string() }}) as finding,
    cast(severity as {{ dbt.type_string() }}) as severity,
    cast(subject as {{ dbt.type_string() }}) as subject,
    cast(row_count as bigint) as row_count,
    cast(detail as {{ dbt.type_string() }}) as detail,
    cast(remedy as {{ dbt.type_string() }}) as remedy
from found
where row_count > 0

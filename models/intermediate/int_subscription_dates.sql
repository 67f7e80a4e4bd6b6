-- One row per subscription and score date, as it stood and was known then.

with

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

versions as (

    {{ attributes_as_of(
        ref('stg_subscription_versions'),
        'subscription_id',
        ['plan', 'mrr', 'currency', 'seats', 'renews_at'],
    ) }}

),

as_known as (

    select
        subscriptions.subscription_id,
        subscriptions.account_id,
        score_dates.score_date,
        coalesce(versions.plan, subscriptions.plan) as plan,
        coalesce(versions.mrr, subscriptions.mrr) as mrr,
        coalesce(versions.currency, subscriptions.currency, '{{ var("reporting_currency") }}') as currency,
        coalesce(versions.seats, subscriptions.seats) as seats,
        cast(coalesce(versions.renews_at, subscriptions.renews_at) as date) as renewal_date,
        subscriptions.started_at,
        subscriptions.happened_on as started_on,
        subscriptions.ended_at,
        coalesce(subscriptions.is_addon, 0) as is_addon,
        coalesce(subscriptions.is_trial, 0) as is_trial,
        case
            when
                subscriptions.ended_at is null
                or cast(subscriptions.ended_at as date) > score_dates.score_date
                then 1
            else 0
        end as is_live

    from subscriptions

    inner join score_dates
        on subscriptions.happened_on <= score_dates.score_date
        and {{ known_by('subscriptions', 'score_dates.score_date') }}

    left join versions
        on subscriptions.subscription_id = versions.subscription_id
        and score_dates.score_date = versions.score_date

)

select
    as_known.subscription_id,
    as_known.account_id,
    as_known.score_date,
    as_known.plan,
    as_known.mrr,
    as_known.currency,
    as_known.seats,
    as_known.renewal_date,
    as_known.started_at,
    as_known.started_on,
    as_known.ended_at,
    as_known.is_addon,
    as_known.is_trial,
    as_known.is_live,
    {{ rounded_product('as_known.mrr', 'rates.rate') }} as mrr_reporting
from as_known
left join rates
    on as_known.score_date = rates.score_date
    and as_known.currency = rates.currency
    and as_known.score_date >= rates.first_date
    and as_known.score_date < rates.next_date

-- One row per account and score date with a subscription that was live 365 days before.

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
        ['mrr', 'currency'],
        days_back=365,
    ) }}

),

former_dates as (

    select
        score_date,
        {{ days_before('score_date', 365) }} as former_date

    from score_dates

),

live_then as (

    select
        subscriptions.account_id,
        former_dates.score_date,
        former_dates.former_date,
        coalesce(versions.mrr, subscriptions.mrr) as mrr,
        coalesce(versions.currency, subscriptions.currency, '{{ var("reporting_currency") }}') as currency

    from subscriptions

    inner join former_dates
        on subscriptions.happened_on <= former_dates.former_date
        and (subscriptions.ended_at is null or cast(subscriptions.ended_at as date) > former_dates.former_date)
        and {{ known_by('subscriptions', 'former_dates.score_date') }}

    left join versions
        on subscriptions.subscription_id = versions.subscription_id
        and former_dates.score_date = versions.score_date

),

converted as (

    select
        live_then.account_id,
        live_then.score_date,
        {{ rounded_product('live_then.mrr', 'rates.rate') }} as mrr_reporting

    from live_then

    left join rates
        on live_then.score_date = rates.score_date
        and live_then.currency = rates.currency
        and live_then.former_date >= rates.first_date
        and live_then.former_date < rates.next_date

)

select
    account_id,
    score_date,
    cast(
        case when count(*) = count(mrr_reporting) then sum(mrr_reporting) end
        as numeric(28, 6)
    ) as mrr_a_year_ago
from converted
group by
    account_id,
    score_date

-- One row per paid subscription or add-on and time in which its plan and price stayed the same.

with

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

spans as (

    {{ attribute_spans(
        ref('stg_subscriptions'),
        ref('stg_subscription_versions'),
        'subscription_id',
        ['plan', 'mrr', 'currency'],
    ) }}

),

paid as (

    select
        subscription_id,
        account_id,
        happened_on as first_date,
        coalesce(is_addon, 0) as is_addon,
        coalesce(cast(ended_at as date), cast('9999-12-31' as date)) as next_date

    from subscriptions

    where
        superseded_on is null
        and coalesce(is_trial, 0) = 0

),

cut as (

    select
        paid.subscription_id,
        paid.account_id,
        paid.is_addon,
        spans.plan,
        spans.mrr,
        coalesce(spans.currency, '{{ var("reporting_currency") }}') as currency,
        greatest(paid.first_date, spans.first_date) as first_date,
        least(paid.next_date, spans.next_date) as next_date

    from paid

    inner join spans
        on paid.subscription_id = spans.subscription_id

)

select
    subscription_id,
    account_id,
    cast(is_addon as integer) as is_addon,
    plan,
    mrr,
    cast(currency as {{ dbt.type_string() }}) as currency,
    first_date,
    next_date
from cut
where first_date < next_date

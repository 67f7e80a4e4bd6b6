-- One row per score date and subscription that followed another of the account within the reactivation gap.

with

subscriptions as (

    select * from {{ ref('int_subscription_dates') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

in_order as (

    select
        account_id,
        score_date,
        subscription_id,
        started_on,
        mrr,
        currency,
        mrr_reporting,
        lag(cast(ended_at as date)) over (
            partition by
                account_id,
                score_date
            order by
                started_at,
                subscription_id
        ) as former_ended_on,
        lag(mrr) over (
            partition by
                account_id,
                score_date
            order by
                started_at,
                subscription_id
        ) as former_mrr,
        lag(currency) over (
            partition by
                account_id,
                score_date
            order by
                started_at,
                subscription_id
        ) as former_currency,
        lag(mrr_reporting) over (
            partition by
                account_id,
                score_date
            order by
                started_at,
                subscription_id
        ) as former_mrr_reporting

    from subscriptions

    where is_addon = 0

),

changes as (

    select
        in_order.account_id,
        in_order.score_date,
        in_order.subscription_id,
        in_order.started_on as changed_on,
        case
            when in_order.currency = in_order.former_currency then in_order.mrr - in_order.former_mrr
            else in_order.mrr_reporting - in_order.former_mrr_reporting
        end as mrr_change

    from in_order

    cross join settings

    where
        in_order.former_ended_on <= in_order.started_on
        and {{ dbt.datediff('in_order.former_ended_on', 'in_order.started_on', 'day') }}
        <= settings.reactivation_gap_days

)

select
    account_id,
    score_date,
    subscription_id,
    changed_on,
    cast(mrr_change as numeric(28, 6)) as mrr_change
from changes

-- One row per account and month in which it was a customer: what its month is grouped by.

with

customer_months as (

    select * from {{ ref('int_customer_months') }}

),

subscriptions as (

    select * from {{ ref('int_subscription_months') }}

),

account_spans as (

    select * from {{ ref('int_account_spans') }}

),

described as (

    select
        account_id,
        month,
        is_opening,
        case
            when is_opening = 1 then opening_date
            else closing_date
        end as described_on

    from customer_months

),

ranked as (

    select
        described.account_id,
        described.month,
        case
            when described.is_opening = 1 then subscriptions.opening_plan
            else subscriptions.closing_plan
        end as plan,
        row_number() over (
            partition by
                described.account_id,
                described.month
            order by
                case
                    when described.is_opening = 1 then coalesce(subscriptions.opening_mrr, -1)
                    else coalesce(subscriptions.closing_mrr, -1)
                end desc,
                subscriptions.subscription_id desc
        ) as subscription_rank

    from described

    inner join subscriptions
        on described.account_id = subscriptions.account_id
        and described.month = subscriptions.month

    where
        subscriptions.is_addon = 0
        and (
            (described.is_opening = 1 and subscriptions.is_opening = 1)
            or (described.is_opening = 0 and subscriptions.is_closing = 1)
        )

),

main_subscriptions as (

    select
        account_id,
        month,
        plan

    from ranked

    where subscription_rank = 1

)

select
    described.account_id,
    described.month,
    account_spans.industry,
    account_spans.region,
    account_spans.csm,
    coalesce(main_subscriptions.plan, account_spans.plan) as plan
from described
left join main_subscriptions
    on described.account_id = main_subscriptions.account_id
    and described.month = main_subscriptions.month
left join account_spans
    on described.account_id = account_spans.account_id
    and described.described_on >= account_spans.first_date
    and described.described_on < account_spans.next_date

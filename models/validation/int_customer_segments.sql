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
        described.described_on,
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
                coalesce(subscriptions.subscription_id, '') desc
        ) as subscription_rank

    from described

    left join subscriptions
        on described.account_id = subscriptions.account_id
        and described.month = subscriptions.month
        and subscriptions.is_addon = 0
        and case when described.is_opening = 1 then subscriptions.is_opening else subscriptions.is_closing end = 1

)

select
    ranked.account_id,
    ranked.month,
    account_spans.industry,
    account_spans.region,
    account_spans.csm,
    coalesce(ranked.plan, account_spans.plan) as plan
from ranked
left join account_spans
    on ranked.account_id = account_spans.account_id
    and ranked.described_on >= account_spans.first_date
    and ranked.described_on < account_spans.next_date
where ranked.subscription_rank = 1

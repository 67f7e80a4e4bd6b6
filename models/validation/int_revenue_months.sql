-- One row per account and month in which it was a customer: recurring revenue at both ends, at one rate.

with

customer_months as (

    select * from {{ ref('int_customer_months') }}

),

subscriptions as (

    select * from {{ ref('int_subscription_months') }}

),

-- What has no price at one end counts at neither, so that a price that appears is no expansion.
totals as (

    select
        account_id,
        month,
        sum(case when is_unpriced = 0 then opening_mrr end) as opening_mrr,
        sum(case when is_unpriced = 0 then closing_mrr end) as closing_mrr,
        sum(is_unpriced) as unpriced_subscription_count

    from subscriptions

    group by
        account_id,
        month

),

at_both_ends as (

    select
        customer_months.account_id,
        customer_months.month,
        customer_months.is_opening,
        coalesce(totals.opening_mrr, 0) as opening_mrr,
        coalesce(totals.closing_mrr, 0) as closing_mrr,
        coalesce(totals.unpriced_subscription_count, 0) as unpriced_subscription_count

    from customer_months

    left join totals
        on customer_months.account_id = totals.account_id
        and customer_months.month = totals.month

),

followed as (

    select
        account_id,
        month,
        opening_mrr,
        closing_mrr,
        unpriced_subscription_count,
        is_opening,
        lag(closing_mrr) over (
            partition by account_id
            order by month
        ) as former_mrr

    from at_both_ends

)

select
    account_id,
    month,
    cast(case when is_opening = 1 then former_mrr else 0 end as numeric(28, 6)) as former_mrr,
    cast(opening_mrr as numeric(28, 6)) as opening_mrr,
    cast(closing_mrr as numeric(28, 6)) as closing_mrr,
    cast(unpriced_subscription_count as integer) as unpriced_subscription_count
from followed

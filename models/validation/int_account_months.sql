-- One row per account and month in which it was a customer: from opening to closing, part by part.

with

customer_months as (

    select * from {{ ref('int_customer_months') }}

),

revenue as (

    select * from {{ ref('int_revenue_months') }}

),

described as (

    select
        customer_months.account_id,
        customer_months.month,
        customer_months.is_opening,
        customer_months.is_closing,
        customer_months.is_churned,
        revenue.former_mrr,
        revenue.opening_mrr,
        revenue.closing_mrr,
        revenue.unpriced_subscription_count,
        case
            when customer_months.is_closing = 0 then 0
            when customer_months.is_opening = 1 then customer_months.is_churned
            else 1 - customer_months.is_first
        end as is_reactivated,
        case
            when customer_months.is_opening = 1 or customer_months.is_closing = 0 then 0
            else customer_months.is_first
        end as is_new,
        case
            when customer_months.closing_paid_date < customer_months.closing_date then 1
            else 0
        end as is_carried,
        customer_months.is_opening * (1 - customer_months.is_churned) as is_kept,
        revenue.closing_mrr - revenue.opening_mrr as change_mrr

    from customer_months

    inner join revenue
        on customer_months.account_id = revenue.account_id
        and customer_months.month = revenue.month

)

select
    account_id,
    month,
    is_opening,
    cast(is_new as integer) as is_new,
    cast(is_reactivated as integer) as is_reactivated,
    is_churned,
    cast(is_kept * (1 - is_closing) as integer) as is_lapsed,
    is_closing,
    cast(is_carried as integer) as is_carried,
    former_mrr,
    cast(is_opening * (opening_mrr - former_mrr) as numeric(28, 6)) as revaluation_mrr,
    opening_mrr,
    cast(is_new * closing_mrr as numeric(28, 6)) as new_mrr,
    cast(is_reactivated * closing_mrr as numeric(28, 6)) as reactivation_mrr,
    cast(case when is_kept = 1 and change_mrr > 0 then change_mrr else 0 end as numeric(28, 6)) as expansion_mrr,
    cast(case when is_kept = 1 and change_mrr < 0 then -change_mrr else 0 end as numeric(28, 6)) as contraction_mrr,
    cast(is_churned * opening_mrr as numeric(28, 6)) as churned_mrr,
    closing_mrr,
    cast(is_carried * closing_mrr as numeric(28, 6)) as carried_mrr,
    cast(least(opening_mrr, closing_mrr) as numeric(28, 6)) as retained_mrr,
    cast(is_opening * closing_mrr as numeric(28, 6)) as cohort_closing_mrr,
    unpriced_subscription_count
from described

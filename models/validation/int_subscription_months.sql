-- One row per month and subscription that counts at its opening or closing, with both prices at one rate.

with

customer_months as (

    select * from {{ ref('int_customer_months') }}

),

spans as (

    select * from {{ ref('int_subscription_spans') }}

),

opening_rates as (

    select * from {{ ref('int_month_rates') }}

),

closing_rates as (

    select * from {{ ref('int_month_rates') }}

),

counted as (

    select
        customer_months.account_id,
        customer_months.month,
        spans.subscription_id,
        spans.is_addon,
        spans.plan,
        spans.mrr,
        spans.currency,
        case
            when
                spans.first_date <= customer_months.opening_paid_date
                and spans.next_date > customer_months.opening_paid_date
                then 1
            else 0
        end as is_opening,
        case
            when
                spans.first_date <= customer_months.closing_paid_date
                and spans.next_date > customer_months.closing_paid_date
                then 1
            else 0
        end as is_closing

    from customer_months

    inner join spans
        on customer_months.account_id = spans.account_id
        and customer_months.closing_date >= spans.first_date
        and coalesce(customer_months.opening_paid_date, customer_months.opening_date) < spans.next_date

),

both_ends as (

    select
        account_id,
        month,
        subscription_id,
        is_addon,
        max(is_opening) as is_opening,
        max(is_closing) as is_closing,
        max(case when is_opening = 1 then plan end) as opening_plan,
        max(case when is_closing = 1 then plan end) as closing_plan,
        max(case when is_opening = 1 then mrr end) as opening_amount,
        max(case when is_closing = 1 then mrr end) as closing_amount,
        max(case when is_opening = 1 then currency end) as opening_currency,
        max(case when is_closing = 1 then currency end) as closing_currency

    from counted

    where is_opening + is_closing > 0

    group by
        account_id,
        month,
        subscription_id,
        is_addon

),

priced as (

    select
        both_ends.account_id,
        both_ends.month,
        both_ends.subscription_id,
        both_ends.is_addon,
        both_ends.is_opening,
        both_ends.is_closing,
        both_ends.opening_plan,
        both_ends.closing_plan,
        both_ends.opening_amount,
        both_ends.closing_amount,
        both_ends.opening_currency,
        both_ends.closing_currency,
        {{ rounded_product('both_ends.opening_amount', 'opening_rates.rate') }} as opening_mrr,
        {{ rounded_product('both_ends.closing_amount', 'closing_rates.rate') }} as closing_mrr

    from both_ends

    left join opening_rates
        on both_ends.month = opening_rates.month
        and both_ends.opening_currency = opening_rates.currency

    left join closing_rates
        on both_ends.month = closing_rates.month
        and both_ends.closing_currency = closing_rates.currency

)

select
    account_id,
    month,
    subscription_id,
    is_addon,
    cast(is_opening as integer) as is_opening,
    cast(is_closing as integer) as is_closing,
    opening_plan,
    closing_plan,
    opening_amount,
    closing_amount,
    opening_currency,
    closing_currency,
    opening_mrr,
    closing_mrr,
    cast(case
        when is_opening = 1 and opening_mrr is null then 1
        when is_closing = 1 and closing_mrr is null then 1
        else 0
    end as integer) as is_unpriced
from priced

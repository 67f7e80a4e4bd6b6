-- One row per month and subscription that counts in it but has no price, and why.

with

subscriptions as (

    select * from {{ ref('int_subscription_months') }}

),

missing as (

    select
        account_id,
        month,
        subscription_id,
        is_addon,
        case
            when is_opening = 1 and opening_mrr is null then opening_currency
            else closing_currency
        end as currency,
        case
            when is_opening = 1 and opening_mrr is null then opening_amount
            else closing_amount
        end as amount

    from subscriptions

    where is_unpriced = 1

)

select
    account_id,
    month,
    subscription_id,
    is_addon,
    currency,
    amount,
    cast(case
        when amount is null then 'no amount'
        else 'no exchange rate'
    end as {{ dbt.type_string() }}) as reason
from missing

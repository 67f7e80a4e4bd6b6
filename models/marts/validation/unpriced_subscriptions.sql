-- One row per month and subscription that churn_rates leaves out for want of a price.

with

unpriced as (

    select * from {{ audited('int_unpriced_subscriptions') }}

),

last_complete as (

    select * from {{ audited('int_last_complete_day') }}

)

select
    unpriced.month,
    unpriced.account_id,
    unpriced.subscription_id,
    unpriced.is_addon,
    unpriced.currency,
    unpriced.amount,
    unpriced.reason,
    last_complete.score_date
from unpriced
cross join last_complete

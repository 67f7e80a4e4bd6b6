-- One row per month and segment that had customers, or lost its last ones to another.

with

rates as (

    select * from {{ audited('int_churn_rates') }}

),

last_complete as (

    select * from {{ audited('int_last_complete_day') }}

)

select
    rates.month,
    rates.segment_type,
    rates.segment,
    cast('{{ var("churn_source") }}' as {{ dbt.type_string() }}) as churn_source,
    rates.is_final,
    rates.moved_account_count,
    rates.opening_account_count,
    rates.new_account_count,
    rates.reactivated_account_count,
    rates.churned_account_count,
    rates.lapsed_account_count,
    rates.closing_account_count,
    rates.returned_account_count,
    rates.within_month_account_count,
    rates.carried_account_count,
    rates.moved_mrr,
    rates.revaluation_mrr,
    rates.opening_mrr,
    rates.new_mrr,
    rates.reactivation_mrr,
    rates.expansion_mrr,
    rates.contraction_mrr,
    rates.churned_mrr,
    rates.closing_mrr,
    rates.carried_mrr,
    rates.retained_mrr,
    rates.cohort_closing_mrr,
    rates.unpriced_subscription_count,
    rates.logo_churn_rate,
    rates.revenue_churn_rate,
    rates.gross_revenue_retention,
    rates.net_revenue_retention,
    last_complete.score_date
from rates
cross join last_complete

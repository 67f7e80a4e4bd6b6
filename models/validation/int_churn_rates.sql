-- One row per month and segment that had customers, or lost its last ones to another: the bridge.

with

segment_months as (

    select * from {{ ref('int_segment_months') }}

),

segment_moves as (

    select * from {{ ref('int_segment_moves') }}

),

months as (

    select * from {{ ref('int_months') }}

),

together as (

    select
        coalesce(segment_months.month, segment_moves.month) as month,
        coalesce(segment_months.segment_type, segment_moves.segment_type) as segment_type,
        coalesce(segment_months.segment, segment_moves.segment) as segment,
        coalesce(segment_moves.moved_account_count, 0) as moved_account_count,
        coalesce(segment_months.opening_account_count, 0) as opening_account_count,
        coalesce(segment_months.new_account_count, 0) as new_account_count,
        coalesce(segment_months.reactivated_account_count, 0) as reactivated_account_count,
        coalesce(segment_months.churned_account_count, 0) as churned_account_count,
        coalesce(segment_months.lapsed_account_count, 0) as lapsed_account_count,
        coalesce(segment_months.closing_account_count, 0) as closing_account_count,
        coalesce(segment_months.returned_account_count, 0) as returned_account_count,
        coalesce(segment_months.within_month_account_count, 0) as within_month_account_count,
        coalesce(segment_months.carried_account_count, 0) as carried_account_count,
        coalesce(segment_moves.moved_mrr, 0) as moved_mrr,
        coalesce(segment_months.revaluation_mrr, 0) as revaluation_mrr,
        coalesce(segment_months.opening_mrr, 0) as opening_mrr,
        coalesce(segment_months.new_mrr, 0) as new_mrr,
        coalesce(segment_months.reactivation_mrr, 0) as reactivation_mrr,
        coalesce(segment_months.expansion_mrr, 0) as expansion_mrr,
        coalesce(segment_months.contraction_mrr, 0) as contraction_mrr,
        coalesce(segment_months.churned_mrr, 0) as churned_mrr,
        coalesce(segment_months.closing_mrr, 0) as closing_mrr,
        coalesce(segment_months.carried_mrr, 0) as carried_mrr,
        coalesce(segment_months.retained_mrr, 0) as retained_mrr,
        coalesce(segment_months.cohort_closing_mrr, 0) as cohort_closing_mrr,
        coalesce(segment_months.unpriced_subscription_count, 0) as unpriced_subscription_count

    from segment_months

    full join segment_moves
        on segment_months.month = segment_moves.month
        and segment_months.segment_type = segment_moves.segment_type
        and segment_months.segment = segment_moves.segment

)

select
    together.month,
    together.segment_type,
    together.segment,
    months.is_final,
    together.moved_account_count,
    together.opening_account_count,
    together.new_account_count,
    together.reactivated_account_count,
    together.churned_account_count,
    together.lapsed_account_count,
    together.closing_account_count,
    together.returned_account_count,
    together.within_month_account_count,
    together.carried_account_count,
    together.moved_mrr,
    together.revaluation_mrr,
    together.opening_mrr,
    together.new_mrr,
    together.reactivation_mrr,
    together.expansion_mrr,
    together.contraction_mrr,
    together.churned_mrr,
    together.closing_mrr,
    together.carried_mrr,
    together.retained_mrr,
    together.cohort_closing_mrr,
    together.unpriced_subscription_count,
    {{ rounded(ratio('together.churned_account_count', 'together.opening_account_count')) }} as logo_churn_rate,
    {{ rounded(ratio('together.churned_mrr', 'together.opening_mrr')) }} as revenue_churn_rate,
    {{ rounded(ratio('together.retained_mrr', 'together.opening_mrr')) }} as gross_revenue_retention,
    {{ rounded(ratio('together.cohort_closing_mrr', 'together.opening_mrr')) }} as net_revenue_retention
from together
inner join months
    on together.month = months.month

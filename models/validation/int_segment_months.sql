-- One row per month and segment in which somebody was a customer: the parts, added up.

with

account_months as (

    select * from {{ ref('int_account_months') }}

),

customer_segments as (

    select * from {{ ref('int_customer_segments') }}

),

described as (

    select
        account_months.month,
        customer_segments.plan,
        customer_segments.industry,
        customer_segments.region,
        customer_segments.csm,
        account_months.is_opening,
        account_months.is_new,
        account_months.is_reactivated,
        account_months.is_churned,
        account_months.is_lapsed,
        account_months.is_closing,
        account_months.is_carried,
        account_months.revaluation_mrr,
        account_months.opening_mrr,
        account_months.new_mrr,
        account_months.reactivation_mrr,
        account_months.expansion_mrr,
        account_months.contraction_mrr,
        account_months.churned_mrr,
        account_months.closing_mrr,
        account_months.carried_mrr,
        account_months.retained_mrr,
        account_months.cohort_closing_mrr,
        account_months.unpriced_subscription_count

    from account_months

    inner join customer_segments
        on account_months.account_id = customer_segments.account_id
        and account_months.month = customer_segments.month

),

segmented as (

    {{ segments(
        'described',
        [
            'month', 'is_opening', 'is_new', 'is_reactivated', 'is_churned', 'is_lapsed', 'is_closing',
            'is_carried', 'revaluation_mrr', 'opening_mrr', 'new_mrr', 'reactivation_mrr', 'expansion_mrr',
            'contraction_mrr', 'churned_mrr', 'closing_mrr', 'carried_mrr', 'retained_mrr', 'cohort_closing_mrr',
            'unpriced_subscription_count',
        ],
        ['all', 'plan', 'industry', 'region', 'csm'],
    ) }}

)

select
    month,
    cast(segment_type as {{ dbt.type_string() }}) as segment_type,
    cast(segment as {{ dbt.type_string() }}) as segment,
    cast(sum(is_opening) as bigint) as opening_account_count,
    cast(sum(is_new) as bigint) as new_account_count,
    cast(sum(is_reactivated) as bigint) as reactivated_account_count,
    cast(sum(is_churned) as bigint) as churned_account_count,
    cast(sum(is_lapsed) as bigint) as lapsed_account_count,
    cast(sum(is_closing) as bigint) as closing_account_count,
    cast(sum(is_opening * is_reactivated) as bigint) as returned_account_count,
    cast(sum((1 - is_opening) * (1 - is_closing)) as bigint) as within_month_account_count,
    cast(sum(is_carried) as bigint) as carried_account_count,
    cast(sum(revaluation_mrr) as numeric(28, 6)) as revaluation_mrr,
    cast(sum(opening_mrr) as numeric(28, 6)) as opening_mrr,
    cast(sum(new_mrr) as numeric(28, 6)) as new_mrr,
    cast(sum(reactivation_mrr) as numeric(28, 6)) as reactivation_mrr,
    cast(sum(expansion_mrr) as numeric(28, 6)) as expansion_mrr,
    cast(sum(contraction_mrr) as numeric(28, 6)) as contraction_mrr,
    cast(sum(churned_mrr) as numeric(28, 6)) as churned_mrr,
    cast(sum(closing_mrr) as numeric(28, 6)) as closing_mrr,
    cast(sum(carried_mrr) as numeric(28, 6)) as carried_mrr,
    cast(sum(retained_mrr) as numeric(28, 6)) as retained_mrr,
    cast(sum(cohort_closing_mrr) as numeric(28, 6)) as cohort_closing_mrr,
    cast(sum(unpriced_subscription_count) as bigint) as unpriced_subscription_count
from segmented
group by
    month,
    segment_type,
    segment

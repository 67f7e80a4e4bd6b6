-- One row per month and segment that customers came to or left between two months.

with

account_months as (

    select * from {{ ref('int_account_months') }}

),

customer_segments as (

    select * from {{ ref('int_customer_segments') }}

),

followed as (

    select
        customer_segments.month,
        customer_segments.plan,
        customer_segments.industry,
        customer_segments.region,
        customer_segments.csm,
        account_months.is_opening,
        account_months.former_mrr,
        lag(customer_segments.plan) over (
            partition by customer_segments.account_id
            order by customer_segments.month
        ) as former_plan,
        lag(customer_segments.industry) over (
            partition by customer_segments.account_id
            order by customer_segments.month
        ) as former_industry,
        lag(customer_segments.region) over (
            partition by customer_segments.account_id
            order by customer_segments.month
        ) as former_region,
        lag(customer_segments.csm) over (
            partition by customer_segments.account_id
            order by customer_segments.month
        ) as former_csm

    from customer_segments

    inner join account_months
        on customer_segments.account_id = account_months.account_id
        and customer_segments.month = account_months.month

),

-- Who stayed in a segment came to it and left it, which adds up to nothing.
came_and_left as (

    select
        month,
        plan,
        industry,
        region,
        csm,
        1 as account_count,
        former_mrr as mrr

    from followed

    where is_opening = 1

    union all

    select
        month,
        former_plan as plan,
        former_industry as industry,
        former_region as region,
        former_csm as csm,
        -1 as account_count,
        -former_mrr as mrr

    from followed

    where is_opening = 1

),

segmented as (

    {{ segments(
        'came_and_left',
        ['month', 'account_count', 'mrr'],
        ['all', 'plan', 'industry', 'region', 'csm'],
    ) }}

)

select
    month,
    cast(segment_type as {{ dbt.type_string() }}) as segment_type,
    cast(segment as {{ dbt.type_string() }}) as segment,
    cast(sum(account_count) as bigint) as moved_account_count,
    cast(sum(mrr) as numeric(28, 6)) as moved_mrr
from segmented
group by
    month,
    segment_type,
    segment

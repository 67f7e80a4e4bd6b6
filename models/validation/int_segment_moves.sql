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
        account_id,
        month,
        plan,
        industry,
        region,
        csm,
        lag(plan) over (
            partition by account_id
            order by month
        ) as former_plan,
        lag(industry) over (
            partition by account_id
            order by month
        ) as former_industry,
        lag(region) over (
            partition by account_id
            order by month
        ) as former_region,
        lag(csm) over (
            partition by account_id
            order by month
        ) as former_csm

    from customer_segments

),

-- Who stayed in a segment came to it and left it, which adds up to nothing.
came_and_left as (

    select
        followed.month,
        followed.plan,
        followed.industry,
        followed.region,
        followed.csm,
        1 as account_count,
        account_months.former_mrr as mrr

    from followed

    inner join account_months
        on followed.account_id = account_months.account_id
        and followed.month = account_months.month

    where account_months.is_opening = 1

    union all

    select
        followed.month,
        followed.former_plan as plan,
        followed.former_industry as industry,
        followed.former_region as region,
        followed.former_csm as csm,
        -1 as account_count,
        -account_months.former_mrr as mrr

    from followed

    inner join account_months
        on followed.account_id = account_months.account_id
        and followed.month = account_months.month

    where account_months.is_opening = 1

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

-- One row per account and month in which it was a customer at some time.

with

months as (

    select * from {{ ref('int_months') }}

),

periods as (

    select * from {{ ref('int_customer_periods') }}

),

churns as (

    select * from {{ ref('int_churns') }}

),

first_periods as (

    select
        account_id,
        min(first_date) as first_paid_date

    from periods

    group by account_id

),

churned as (

    select distinct
        churns.account_id,
        months.month

    from churns

    inner join months
        on churns.churned_on > months.opening_date
        and churns.churned_on <= months.closing_date

),

covered as (

    select
        periods.account_id,
        months.month,
        months.opening_date,
        months.closing_date,
        max(case when periods.first_date <= months.opening_date then periods.last_paid_date end)
            as opening_paid_date,
        max(case when periods.next_date > months.closing_date then periods.last_paid_date end)
            as closing_paid_date

    from periods

    inner join months
        on periods.first_date <= months.closing_date
        and periods.next_date > months.opening_date

    group by
        periods.account_id,
        months.month,
        months.opening_date,
        months.closing_date

)

select
    covered.account_id,
    covered.month,
    covered.opening_date,
    covered.closing_date,
    cast(case when covered.opening_paid_date is null then 0 else 1 end as integer) as is_opening,
    cast(case when covered.closing_paid_date is null then 0 else 1 end as integer) as is_closing,
    cast(case
        when covered.opening_paid_date is not null and churned.account_id is not null then 1
        else 0
    end as integer) as is_churned,
    cast(case when first_periods.first_paid_date > covered.opening_date then 1 else 0 end as integer)
        as is_first,
    case
        when covered.opening_paid_date is not null
            then least(covered.opening_paid_date, covered.opening_date)
    end as opening_paid_date,
    case
        when covered.closing_paid_date is not null
            then least(covered.closing_paid_date, covered.closing_date)
    end as closing_paid_date
from covered
inner join first_periods
    on covered.account_id = first_periods.account_id
left join churned
    on covered.account_id = churned.account_id
    and covered.month = churned.month

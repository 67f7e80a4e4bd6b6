-- One row per account and paid period: until when the account counts as a customer.

with

paid_periods as (

    select * from {{ ref('int_paid_periods') }}

),

churns as (

    select * from {{ ref('int_churns') }}

),

last_complete as (

    select * from {{ ref('int_last_complete_day') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

followed as (

    select
        account_id,
        period_number,
        first_date,
        next_date,
        lead(first_date) over (
            partition by account_id
            order by period_number
        ) as returned_on

    from paid_periods

),

-- A churn event may come some days after the end that it tells of.
told as (

    select
        followed.account_id,
        followed.period_number,
        min(churns.churned_on) as churned_on

    from followed

    cross join settings

    inner join churns
        on followed.account_id = churns.account_id
        and followed.next_date <= churns.churned_on
        and followed.next_date >= {{ days_before('churns.churned_on', 'settings.reactivation_gap_days') }}
        and (followed.returned_on is null or followed.returned_on >= churns.churned_on)

    group by
        followed.account_id,
        followed.period_number

),

judged as (

    select
        followed.account_id,
        followed.period_number,
        followed.first_date,
        followed.next_date as paid_until_date,
        case
            when told.churned_on is not null then told.churned_on
            when
                followed.next_date
                >= {{ days_before('followed.returned_on', 'settings.reactivation_gap_days') }}
                then followed.returned_on
            when
                followed.next_date
                > {{ days_before('last_complete.score_date', 'settings.reactivation_gap_days') }}
                then cast('9999-12-31' as date)
            else followed.next_date
        end as next_date

    from followed

    cross join last_complete

    cross join settings

    left join told
        on followed.account_id = told.account_id
        and followed.period_number = told.period_number

)

select
    account_id,
    period_number,
    first_date,
    {{ days_before('paid_until_date', 1) }} as last_paid_date,
    next_date
from judged

-- One row per account and day on which it left, once that is certain.

with

paid_periods as (

    select * from {{ ref('int_paid_periods') }}

),

churn_events as (

    select * from {{ ref('stg_churn_events') }}

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
        next_date as churned_on,
        lead(first_date) over (
            partition by account_id
            order by period_number
        ) as returned_on

    from paid_periods

),

ended as (

    select
        followed.account_id,
        followed.churned_on

    from followed

    cross join last_complete

    cross join settings

    where
        followed.churned_on <= {{ days_before('last_complete.score_date', 'settings.reactivation_gap_days') }}
        and (
            followed.returned_on is null
            or followed.churned_on < {{ days_before('followed.returned_on', 'settings.reactivation_gap_days') }}
        )

),

told as (

    select distinct
        account_id,
        happened_on as churned_on

    from churn_events

    where coalesce(is_reactivation, 0) = 0

),

churns as (

    select
        account_id,
        churned_on,
        'subscriptions' as churn_source

    from ended

    union all

    select
        account_id,
        churned_on,
        'events' as churn_source

    from told

)

select
    account_id,
    churned_on
from churns
where churn_source = '{{ var("churn_source") }}'

-- One row per account and unbroken time in which it paid, as the data says now.

with

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

paid as (

    select
        account_id,
        happened_on as first_date,
        coalesce(cast(ended_at as date), cast('9999-12-31' as date)) as next_date

    from subscriptions

    where
        superseded_on is null
        and coalesce(is_addon, 0) = 0
        and coalesce(is_trial, 0) = 0
        and (ended_at is null or cast(ended_at as date) > happened_on)

),

reached as (

    select
        account_id,
        first_date,
        next_date,
        max(next_date) over (
            partition by account_id
            order by
                first_date,
                next_date
            rows between unbounded preceding and 1 preceding
        ) as reached_date

    from paid

),

numbered as (

    select
        account_id,
        first_date,
        next_date,
        sum(case when reached_date >= first_date then 0 else 1 end) over (
            partition by account_id
            order by
                first_date,
                next_date
            rows between unbounded preceding and current row
        ) as period_number

    from reached

)

select
    account_id,
    cast(period_number as integer) as period_number,
    min(first_date) as first_date,
    max(next_date) as next_date
from numbered
group by
    account_id,
    period_number

-- One row per paying account, least healthy first: whom to call, about what, and what is at stake.

with

accounts as (

    select * from {{ ref('account_health') }}

),

paying as (

    select
        account_id,
        account_name,
        csm,
        band,
        effective_score,
        score_low,
        score_high,
        coverage,
        mrr,
        days_to_renewal,
        strongest_negative_driver,
        action_plan

    from accounts

    where
        is_paying = 1
        and effective_score is not null

)

select * from paying
order by
    effective_score,
    account_id

-- One row per account of which not all is measured, least known first: what is missing, how far the score may move.

with

accounts as (

    select * from {{ ref('account_health') }}

),

drivers as (

    select * from {{ ref('account_health_drivers') }}

),

gaps as (

    select
        account_id,
        scorecard,
        {{ dbt.listagg(
            "case when state in ('missing', 'stale') then signal || ' (' || state || ')' end",
            "', '",
            "order by signal"
        ) }} as unmeasured_signals

    from drivers

    group by
        account_id,
        scorecard

),

ranges as (

    select
        accounts.account_id,
        accounts.account_name,
        accounts.csm,
        accounts.band,
        accounts.effective_score,
        accounts.coverage,
        accounts.score_low,
        accounts.score_high,
        gaps.unmeasured_signals,
        accounts.score_high - accounts.score_low as score_range

    from accounts

    left join gaps
        on accounts.account_id = gaps.account_id
        and accounts.scorecard = gaps.scorecard

    where coalesce(accounts.coverage, 0) < 1

)

select * from ranges
order by
    coalesce(coverage, 0) asc,
    score_range desc,
    account_id asc

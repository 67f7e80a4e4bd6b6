-- One row per account and scorecard below its best band: how far the next band is, and the one signal that gets there.

with

scorecards as (

    select * from {{ ref('account_scorecards') }}

),

accounts as (

    select * from {{ ref('account_health') }}

),

drivers as (

    select * from {{ ref('account_health_drivers') }}

),

ways as (

    select
        account_id,
        scorecard,
        title,
        value,
        value_for_next_band,
        unit,
        row_number() over (
            partition by
                account_id,
                scorecard
            order by
                points_for_next_band,
                signal
        ) as way_rank

    from drivers

    where value_for_next_band is not null

),

edges as (

    select
        scorecards.scorecard,
        scorecards.account_id,
        accounts.account_name,
        accounts.csm,
        scorecards.band,
        scorecards.effective_score,
        scorecards.next_band,
        scorecards.points_to_next_band,
        ways.title as cheapest_signal,
        ways.value as value_now,
        ways.value_for_next_band,
        ways.unit

    from scorecards

    inner join accounts
        on scorecards.account_id = accounts.account_id

    left join ways
        on scorecards.account_id = ways.account_id
        and scorecards.scorecard = ways.scorecard
        and ways.way_rank = 1

    where scorecards.next_band is not null

)

select * from edges
order by
    scorecard,
    points_to_next_band,
    account_id

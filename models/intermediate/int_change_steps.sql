-- One row per compared pair, account, scorecard and step: the score after peers (step 0) and after each change of state.

with

signals as (

    select * from {{ ref('int_change_signals') }}

),

steps as (

    select distinct
        compared_with,
        score_date,
        account_id,
        scorecard,
        coverage_step as step

    from signals

    union

    select distinct
        compared_with,
        score_date,
        account_id,
        scorecard,
        0 as step

    from signals

),

step_points as (

    select
        steps.compared_with,
        steps.score_date,
        steps.account_id,
        steps.scorecard,
        steps.step,
        signals.signal,
        signals.dimension,
        signals.method,
        signals.weight,
        signals.dimension_weight,
        case
            when signals.coverage_step between 1 and steps.step then signals.points_after_coverage
            else signals.points_after_peers
        end as points

    from steps

    inner join signals
        on steps.compared_with = signals.compared_with
        and steps.score_date = signals.score_date
        and steps.account_id = signals.account_id
        and steps.scorecard = signals.scorecard

),

contributions as (

    {{ step_scores('step_points', ['compared_with', 'score_date', 'account_id', 'scorecard', 'step']) }}

)

select
    compared_with,
    score_date,
    account_id,
    scorecard,
    cast(step as integer) as step,
    cast(coalesce(sum(contribution), 0) as numeric(28, 6)) as score
from contributions
group by
    compared_with,
    score_date,
    account_id,
    scorecard,
    step

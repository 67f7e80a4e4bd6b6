-- One row per compared pair, account, scorecard and signal: what behaviour alone moved.

with

signals as (

    select * from {{ ref('int_change_signals') }}

),

starting_points as (

    select
        compared_with,
        score_date,
        account_id,
        scorecard,
        signal,
        dimension,
        method,
        weight,
        dimension_weight,
        points_before as points

    from signals

),

start as (

    {{ step_scores('starting_points', ['compared_with', 'score_date', 'account_id', 'scorecard']) }}

)

select
    signals.compared_with,
    signals.score_date,
    signals.from_date,
    signals.account_id,
    signals.scorecard,
    signals.signal,
    cast(coalesce(start.contribution, 0) as numeric(28, 6)) as contribution_before,
    cast(
        coalesce({{ rounded_product('start.step_weight', 'signals.points_after_behaviour') }}, 0)
        - coalesce(start.contribution, 0) as numeric(28, 6)
    ) as points
from signals
inner join start
    on signals.compared_with = start.compared_with
    and signals.score_date = start.score_date
    and signals.account_id = start.account_id
    and signals.scorecard = start.scorecard
    and signals.signal = start.signal

-- One row per compared pair, account, scorecard and part of the change that is not zero, or status.

with

changes as (

    select * from {{ ref('int_change_scores') }}

),

signals as (

    select * from {{ ref('int_change_signals') }}

),

behaviour as (

    select * from {{ ref('int_change_behaviour') }}

),

steps as (

    select * from {{ ref('int_change_steps') }}

),

after_behaviour as (

    select
        compared_with,
        score_date,
        account_id,
        scorecard,
        sum(contribution_before) as score_before,
        sum(contribution_before + points) as score

    from behaviour

    group by
        compared_with,
        score_date,
        account_id,
        scorecard

),

last_steps as (

    select
        compared_with,
        score_date,
        account_id,
        scorecard,
        max(step) as step

    from steps

    group by
        compared_with,
        score_date,
        account_id,
        scorecard

),

path as (

    select
        changes.compared_with,
        changes.score_date,
        changes.account_id,
        changes.scorecard,
        changes.computed_after,
        changes.computed_restated,
        changes.capped_before,
        changes.capped_after,
        changes.score_before,
        changes.score_after,
        after_behaviour.score_before as computed_before,
        after_behaviour.score as behaved_score,
        first_steps.score as peers_score,
        final_steps.score as covered_score

    from changes

    inner join after_behaviour
        on changes.compared_with = after_behaviour.compared_with
        and changes.score_date = after_behaviour.score_date
        and changes.account_id = after_behaviour.account_id
        and changes.scorecard = after_behaviour.scorecard

    inner join last_steps
        on changes.compared_with = last_steps.compared_with
        and changes.score_date = last_steps.score_date
        and changes.account_id = last_steps.account_id
        and changes.scorecard = last_steps.scorecard

    inner join steps as first_steps
        on changes.compared_with = first_steps.compared_with
        and changes.score_date = first_steps.score_date
        and changes.account_id = first_steps.account_id
        and changes.scorecard = first_steps.scorecard
        and first_steps.step = 0

    inner join steps as final_steps
        on last_steps.compared_with = final_steps.compared_with
        and last_steps.score_date = final_steps.score_date
        and last_steps.account_id = final_steps.account_id
        and last_steps.scorecard = final_steps.scorecard
        and last_steps.step = final_steps.step

),

parts as (

    select
        compared_with,
        score_date,
        account_id,
        scorecard,
        'behaviour' as part,
        signal,
        points

    from behaviour

    union all

    select
        compared_with,
        score_date,
        account_id,
        scorecard,
        'peers' as part,
        '*' as signal,
        peers_score - behaved_score as points

    from path

    union all

    select
        steps.compared_with,
        steps.score_date,
        steps.account_id,
        steps.scorecard,
        'coverage' as part,
        signals.signal,
        steps.score - former_steps.score as points

    from steps

    inner join steps as former_steps
        on steps.compared_with = former_steps.compared_with
        and steps.score_date = former_steps.score_date
        and steps.account_id = former_steps.account_id
        and steps.scorecard = former_steps.scorecard
        and steps.step = former_steps.step + 1

    inner join signals
        on steps.compared_with = signals.compared_with
        and steps.score_date = signals.score_date
        and steps.account_id = signals.account_id
        and steps.scorecard = signals.scorecard
        and steps.step = signals.coverage_step

    union all

    select
        compared_with,
        score_date,
        account_id,
        scorecard,
        'profile' as part,
        '*' as signal,
        computed_restated - covered_score as points

    from path

    union all

    select
        compared_with,
        score_date,
        account_id,
        scorecard,
        'configuration' as part,
        '*' as signal,
        computed_after - computed_restated as points

    from path

    union all

    select
        compared_with,
        score_date,
        account_id,
        scorecard,
        'cap' as part,
        '*' as signal,
        (capped_after - computed_after) - (capped_before - computed_before) as points

    from path

    union all

    select
        compared_with,
        score_date,
        account_id,
        scorecard,
        'override' as part,
        '*' as signal,
        (score_after - capped_after) - (score_before - capped_before) as points

    from path

    union all

    select
        compared_with,
        score_date,
        account_id,
        scorecard,
        'status' as part,
        '*' as signal,
        null as points

    from changes

    where status not in ('split', 'unknown')

)

select
    changes.compared_with,
    changes.score_date,
    changes.from_date,
    changes.account_id,
    changes.scorecard,
    changes.config_version,
    changes.from_config_version,
    changes.profile_before,
    changes.profile_after,
    changes.plan_before,
    changes.plan_after,
    changes.score_before,
    changes.score_after,
    changes.status,
    cast(parts.part as {{ dbt.type_string() }}) as part,
    cast(parts.signal as {{ dbt.type_string() }}) as signal,
    cast(parts.points as numeric(28, 6)) as points,
    signals.value_before,
    signals.value_after,
    signals.state_before,
    signals.state_after
from parts
inner join changes
    on parts.compared_with = changes.compared_with
    and parts.score_date = changes.score_date
    and parts.account_id = changes.account_id
    and parts.scorecard = changes.scorecard
left join signals
    on parts.compared_with = signals.compared_with
    and parts.score_date = signals.score_date
    and parts.account_id = signals.account_id
    and parts.scorecard = signals.scorecard
    and parts.signal = signals.signal
where
    parts.part = 'status'
    or parts.points <> 0

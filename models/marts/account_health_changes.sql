-- One row per account, scorecard, pair of score dates and part of the change.

with

changes as (

    select * from {{ audited('history_changes') }}

),

signals as (

    select * from {{ audited('signals') }}

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
    changes.part,
    changes.signal,
    signals.title,
    signals.unit,
    changes.points,
    changes.value_before,
    changes.value_after,
    changes.state_before,
    changes.state_after
from changes
left join signals
    on changes.signal = signals.signal

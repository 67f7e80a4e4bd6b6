-- One row per kind of judgement and group of people: how often overrides were right, and what pulses foretold.

with

outcomes as (

    select * from {{ audited('int_override_outcomes') }}

),

last_complete as (

    select * from {{ audited('int_last_complete_day') }}

)

select
    outcomes.judgement,
    outcomes.kind,
    outcomes.group_type,
    outcomes.person,
    outcomes.horizon_days,
    outcomes.judgement_count,
    outcomes.judged_count,
    outcomes.account_count,
    outcomes.left_count,
    outcomes.left_rate,
    outcomes.left_rate_low,
    outcomes.left_rate_high,
    outcomes.base_rate,
    outcomes.multiple_of_base,
    outcomes.right_count,
    outcomes.right_rate,
    outcomes.right_rate_low,
    outcomes.right_rate_high,
    outcomes.right_rate_by_chance,
    outcomes.explanation,
    last_complete.score_date
from outcomes
cross join last_complete

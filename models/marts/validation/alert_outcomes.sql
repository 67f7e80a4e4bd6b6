-- One row per rule (* for all) and severity (* for all): how many alerts, and how many came before a departure.

with

outcomes as (

    select * from {{ audited('int_alert_outcomes') }}

),

last_complete as (

    select * from {{ audited('int_last_complete_day') }}

)

select
    outcomes.rule,
    outcomes.severity,
    outcomes.alert_count,
    outcomes.held_count,
    outcomes.never_told_count,
    outcomes.alerts_per_week,
    outcomes.alerts_per_week_per_100,
    outcomes.horizon_days,
    outcomes.judged_count,
    outcomes.account_count,
    outcomes.left_count,
    outcomes.left_rate,
    outcomes.left_rate_low,
    outcomes.left_rate_high,
    outcomes.base_rate,
    outcomes.multiple_of_base,
    outcomes.explanation,
    last_complete.score_date
from outcomes
cross join last_complete

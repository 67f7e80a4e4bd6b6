-- One row per alert: an account and a rule that held, from the day it opened to the day it closed.

with

alerts as (

    select * from {{ audited('int_alerts') }}

)

select
    alert_id,
    account_id,
    account_name,
    csm,
    rule,
    title,
    status,
    is_baseline,
    is_held,
    held_because,
    held_until,
    opened_on,
    closed_on,
    closed_because,
    severity,
    mrr,
    days_to_renewal,
    effective_score,
    band,
    reason_1,
    reason_2,
    reason_3,
    action_plan,
    score_date,
    config_version
from alerts

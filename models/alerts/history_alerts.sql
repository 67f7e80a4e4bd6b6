-- One row per alert that was ever published, with the days it was last seen with.
-- depends_on: {{ ref('stg_erasure_requests') }}

with

alerts as (

    select * from {{ audited('int_alerts') }}

)

select
    alert_id,
    account_id,
    rule,
    ordinal,
    opened_on,
    closed_on,
    is_baseline
from alerts

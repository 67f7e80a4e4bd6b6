-- One row per alert that earlier runs published: with the days it was last seen with.

with

alerts as (

    select * from {{ remembered('history_alerts') }}

)

select
    cast(alert_id as {{ dbt.type_string() }}) as alert_id,
    cast(account_id as {{ dbt.type_string() }}) as account_id,
    cast(rule as {{ dbt.type_string() }}) as rule,
    cast(ordinal as integer) as ordinal,
    cast(opened_on as date) as opened_on,
    cast(closed_on as date) as closed_on,
    cast(is_baseline as integer) as is_baseline
from alerts

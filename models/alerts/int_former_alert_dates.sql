-- One row per newest score date of an earlier run: under which alert rules it was judged.

with

dates as (

    select * from {{ remembered('history_alert_dates') }}

)

select
    cast(score_date as date) as score_date,
    cast(rules_version as {{ dbt.type_string() }}) as rules_version
from dates

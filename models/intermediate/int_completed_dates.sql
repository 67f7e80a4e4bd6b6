-- One row per score date and configuration that earlier runs completed.

with

completed as (

    select * from {{ remembered('history_completed') }}

)

select
    cast(score_date as date) as score_date,
    cast(config_version as {{ dbt.type_string() }}) as config_version,
    cast(scoring_version as {{ dbt.type_string() }}) as scoring_version,
    cast(is_due as integer) as is_due,
    cast(known_row_count as bigint) as known_row_count
from completed

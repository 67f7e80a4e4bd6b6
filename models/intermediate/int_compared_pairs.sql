-- One row per pair of score dates that earlier runs compared.

with

compared as (

    select * from {{ remembered('history_pairs') }}

)

select
    cast(compared_with as {{ dbt.type_string() }}) as compared_with,
    cast(score_date as date) as score_date,
    cast(config_version as {{ dbt.type_string() }}) as config_version,
    cast(from_date as date) as from_date,
    cast(from_config_version as {{ dbt.type_string() }}) as from_config_version,
    cast(is_split as integer) as is_split
from compared

-- One row per score date that earlier runs published: under which configuration.

with

uses as (

    select * from {{ remembered('history_uses') }}

)

select
    cast(score_date as date) as score_date,
    cast(config_version as {{ dbt.type_string() }}) as config_version,
    cast(known_until as date) as known_until
from uses

-- One row per account or erased key under which usage was rolled up.
-- depends_on: {{ ref('base_usage_rolled_days') }}

with

present_keys as (

    select * from {{ ref('base_usage_keys') }}

)

select
    kind,
    key_value
from present_keys

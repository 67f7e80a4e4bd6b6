-- One row per configuration and tier.

with

tiers as (

    select * from {{ scored('signal_tiers') }}

),

versions as (

    select * from {{ scored('int_config_version') }}

)

select
    versions.config_version,
    tiers.scorecard,
    tiers.profile,
    tiers.signal,
    tiers.lower_bound,
    tiers.upper_bound,
    tiers.points
from tiers
cross join versions

-- One row per score date, configuration, scorecard, profile and signal with a prior.

with

priors as (

    select * from {{ scored('int_signal_priors') }}

),

versions as (

    select * from {{ scored('int_config_version') }}

)

select
    priors.score_date,
    versions.config_version,
    priors.scorecard,
    priors.profile,
    priors.signal,
    priors.prior_points
from priors
cross join versions

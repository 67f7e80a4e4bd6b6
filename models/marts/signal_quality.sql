-- One row per score date and signal: how far it can be trusted, and what moved since four weeks before.

with

quality as (

    select * from {{ audited('int_signal_quality') }}

),

drift as (

    select * from {{ audited('int_signal_drift') }}

)

select
    quality.score_date,
    quality.signal,
    quality.dimension,
    quality.unit,
    quality.account_count,
    quality.measured_share,
    quality.stale_share,
    quality.missing_share,
    quality.not_applicable_share,
    quality.ageing_share,
    quality.newest_observed_on,
    quality.min_value,
    quality.lower_quartile,
    quality.median,
    quality.upper_quartile,
    quality.max_value,
    drift.from_date,
    drift.population_stability_index,
    drift.moved_share,
    drift.missing_rate_jump,
    drift.median_ratio,
    drift.flag,
    drift.severity,
    drift.probable_cause
from quality
inner join drift
    on quality.score_date = drift.score_date
    and quality.signal = drift.signal

-- One row per score date and signal: how far it can be trusted.

with

quality as (

    select * from {{ audited('int_signal_quality') }}

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
    quality.max_value
from quality

-- One row per scorecard, configuration, evidence, horizon and band: who left, and who grew.

with

outcomes as (

    select * from {{ audited('int_band_outcomes') }}

)

select
    config_version,
    scorecard,
    evidence,
    horizon_days,
    band,
    band_rank,
    colour,
    account_date_count,
    account_count,
    churned_count,
    churned_account_count,
    churn_rate,
    churn_rate_low,
    churn_rate_high,
    interval_method,
    base_rate,
    multiple_of_base,
    expansion_rate
from outcomes

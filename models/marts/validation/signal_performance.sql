-- One row per signal, horizon and lead: what it says about departures by itself.

with

performance as (

    select * from {{ audited('int_signal_performance') }}

)

select
    signal,
    dimension,
    better,
    scorecard_count,
    horizon_days,
    lead_days,
    churned_account_count,
    kept_account_count,
    coverage,
    churned_coverage,
    auc,
    auc_low,
    auc_high,
    verdict,
    signal_group,
    most_alike_signal,
    most_alike_correlation,
    reason,
    churn_source
from performance

-- One row per scorecard and dimension, profile, configuration, evidence, quarter, horizon, lead and cohort.

with

performance as (

    select * from {{ audited('int_scorecard_performance') }}

)

select
    scorecard,
    dimension,
    profile,
    config_version,
    evidence,
    quarter,
    horizon_days,
    lead_days,
    cohort,
    is_headline,
    first_score_date,
    last_score_date,
    score_date_count,
    account_date_count,
    churned_account_count,
    kept_account_count,
    base_rate,
    unscored_churned_share,
    unscored_kept_share,
    auc,
    auc_low,
    auc_high,
    effective_auc,
    effective_auc_low,
    effective_auc_high,
    lift_5,
    lift_10,
    lift_10_low,
    lift_10_high,
    lift_20,
    tenure_auc,
    idle_days_auc,
    days_to_renewal_auc,
    warned_share_30d,
    kept_warned_share_30d,
    warned_mrr_share_30d,
    kept_warned_mrr_share_30d,
    warned_share_60d,
    kept_warned_share_60d,
    warned_mrr_share_60d,
    kept_warned_mrr_share_60d,
    warned_share_90d,
    kept_warned_share_90d,
    warned_mrr_share_90d,
    kept_warned_mrr_share_90d,
    reason,
    churn_source
from performance

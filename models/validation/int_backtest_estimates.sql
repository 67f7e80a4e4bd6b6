-- One row per measure, profile, configuration, evidence, quarter, horizon, lead and cohort: AUC and lift.

with

sums_of_all as (

    select * from {{ ref('int_backtest_sums') }}

),

sums_of_renewals as (

    select * from {{ ref('int_backtest_renewal_sums') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

sums as (

    select * from sums_of_all

    union all

    select * from sums_of_renewals

),

{{ backtest_estimates('sums', 'settings') }}

select
    config_version,
    scorecard,
    measure,
    profile,
    evidence,
    quarter,
    horizon_days,
    lead_days,
    cohort,
    churned_rows,
    kept_rows,
    churned_accounts,
    kept_accounts,
    {{ rounded('auc') }} as auc,
    {{ rounded('auc_error') }} as auc_error,
    {{ rounded('auc_low') }} as auc_low,
    {{ rounded('auc_high') }} as auc_high,
    {{ rounded('lift_5') }} as lift_5,
    {{ rounded('lift_10') }} as lift_10,
    {{ rounded('lift_20') }} as lift_20,
    {{ rounded('case
        when lift_10 < confidence_z * lift_10_error then 0
        else lift_10 - confidence_z * lift_10_error
    end') }} as lift_10_low,
    {{ rounded('lift_10 + confidence_z * lift_10_error') }} as lift_10_high
from estimated

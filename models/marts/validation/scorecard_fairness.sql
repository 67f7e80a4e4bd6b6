-- One row per scorecard, audited group and measure: the group against all others.

with

fairness as (

    select * from {{ audited('int_scorecard_fairness') }}

)

select
    scorecard,
    attribute,
    audited_group,
    measure,
    account_count,
    churned_account_count,
    kept_account_count,
    average_score,
    lower_quartile,
    median,
    upper_quartile,
    others_average_score,
    figure,
    others_figure,
    difference,
    difference_low,
    difference_high,
    adjusted_p_value,
    verdict,
    may_choose_profiles,
    reason,
    churn_source
from fairness

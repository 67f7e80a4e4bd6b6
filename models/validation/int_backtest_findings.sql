-- One row per finding about what scores are worth: advice, not an error.
{%- set window = backtest_windows() %}

with

floors as (

    select * from {{ ref('int_backtest_floors') }}

),

outcomes as (

    select * from {{ ref('int_band_outcomes') }}

),

signals as (

    select * from {{ ref('int_signal_performance') }}

),

fairness as (

    select * from {{ ref('int_scorecard_fairness') }}

),

alert_outcomes as (

    select * from {{ ref('int_alert_outcomes') }}

),

versions as (

    select * from {{ ref('int_config_version') }}

),

current_outcomes as (

    select
        outcomes.scorecard,
        outcomes.evidence,
        outcomes.band,
        outcomes.band_rank,
        outcomes.churn_rate_low,
        outcomes.churn_rate_high,
        outcomes.account_count

    from outcomes

    inner join versions
        on outcomes.config_version = versions.config_version

    where
        outcomes.band_rank is not null
        and outcomes.horizon_days = {{ window.horizon }}

),

-- Those of the verdict: eight windows would find eight times as many accidents.
current_signals as (

    select
        signal,
        verdict,
        scorecard_count

    from signals

    where
        horizon_days = {{ window.horizon }}
        and lead_days = {{ window.lead }}

),

misordered as (

    select
        healthier.scorecard,
        healthier.band,
        max(healthier.account_count) as account_count

    from current_outcomes as healthier

    inner join current_outcomes as worse
        on healthier.scorecard = worse.scorecard
        and healthier.evidence = worse.evidence
        and healthier.band_rank > worse.band_rank
        and healthier.churn_rate_low > worse.churn_rate_high

    group by
        healthier.scorecard,
        healthier.band

),

found as (

    select
        'floor missed' as finding,
        'warning' as severity,
        scorecard || ' ' || measure as subject,
        1 as row_count,
        'the scorecard does not reach what backtest_floors.csv asks of it' as detail,
        'Read `./health validate`; `./health calibrate` proposes other weights.' as remedy

    from floors

    where verdict = 'missed'

    union all

    select
        'healthier band churns more' as finding,
        'warning' as severity,
        scorecard || ' ' || band as subject,
        account_count as row_count,
        'accounts of a healthier band left more often than those of a less healthy one, beyond chance' as detail,
        'Read marts.band_outcomes; look at what lifts accounts into that band.' as remedy

    from misordered

    union all

    select
        'misleading signal' as finding,
        'warning' as severity,
        signal as subject,
        scorecard_count as row_count,
        'scorecards count as good what predicts departure' as detail,
        'Turn the rule round, or set its weight to 0, in signal_rules.csv.' as remedy

    from current_signals

    where
        verdict = 'misleading'
        and scorecard_count > 0

    union all

    select
        'leaking signal' as finding,
        'warning' as severity,
        signal as subject,
        scorecard_count as row_count,
        'the signal knows the outcome rather than predicting it' as detail,
        'Look whether its source is written after the customer has left.' as remedy

    from current_signals

    where verdict = 'leaking'

    union all

    select
        'groups are treated differently' as finding,
        'information' as severity,
        attribute || ' ' || audited_group || ' ' || measure as subject,
        account_count as row_count,
        'accounts differ from all others in a measure of the fairness audit' as detail,
        'Read marts.scorecard_fairness; a difference may have its cause in how they do.' as remedy

    from fairness

    where verdict = 'differs'

    union all

    select
        'alerts no better than chance' as finding,
        'information' as severity,
        rule as subject,
        alert_count as row_count,
        'alerts of a rule came before a departure no more often than any day of any account' as detail,
        'Read marts.alert_outcomes; move the threshold in alert_rules.csv, or delete the rule.' as remedy

    from alert_outcomes

    where
        rule <> '*'
        and left_rate <= base_rate

)

select
    cast(finding as {{ dbt.type_string() }}) as finding,
    cast(severity as {{ dbt.type_string() }}) as severity,
    cast(subject as {{ dbt.type_string() }}) as subject,
    cast(row_count as bigint) as row_count,
    cast(detail as {{ dbt.type_string() }}) as detail,
    cast(remedy as {{ dbt.type_string() }}) as remedy
from found

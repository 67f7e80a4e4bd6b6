-- One row per scorecard, audited group and side (the group, all others): AUC within the side, 90 days, no lead.
{%- set window = backtest_windows() %}

with

audited_groups as (

    select * from {{ ref('int_audited_groups') }}

),

accounts as (

    select * from {{ ref('int_backtest_accounts') }}

),

scores as (

    select * from {{ ref('history_scores') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

score_values as (

    select
        audited_groups.config_version,
        audited_groups.score_date,
        audited_groups.account_id,
        audited_groups.scorecard,
        audited_groups.attribute,
        audited_groups.audited_group,
        audited_groups.is_member,
        scores.capped_score as value

    from audited_groups

    inner join scores
        on audited_groups.config_version = scores.config_version
        and audited_groups.scorecard = scores.scorecard
        and audited_groups.score_date = scores.score_date
        and audited_groups.account_id = scores.account_id

    where scores.capped_score is not null

),

pools as (

    select distinct
        score_date,
        scorecard,
        attribute,
        audited_group,
        is_member

    from audited_groups

),

{{ backtest_sums(
    'score_values',
    'pools',
    'accounts',
    match=['scorecard', 'attribute', 'audited_group', 'is_member'],
    keys=['scorecard', 'attribute', 'audited_group', 'is_member'],
    contrasts=backtest_contrasts(horizons=[window.horizon], leads=[window.lead]),
) }},

{{ backtest_estimates('summed', 'settings') }}

select
    scorecard,
    attribute,
    audited_group,
    is_member,
    churned_accounts,
    kept_accounts,
    {{ rounded('auc') }} as auc,
    {{ rounded('auc_error') }} as auc_error
from estimated

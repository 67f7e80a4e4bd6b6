-- One row per scorecard, audited group and side: scores, selection into the worst band, leavers that were missed.
{%- set horizon = backtest_windows().horizon %}

with

audited_groups as (

    select * from {{ ref('int_audited_groups') }}

),

banded_accounts as (

    select * from {{ ref('int_backtest_banded_accounts') }}

),

scores as (

    select * from {{ ref('history_scores') }}

),

judged as (

    select
        audited_groups.scorecard,
        audited_groups.attribute,
        audited_groups.audited_group,
        audited_groups.is_member,
        audited_groups.account_id,
        scores.effective_score,
        coalesce(banded_accounts.is_worst, 0) as is_selected,
        case
            when banded_accounts.observed_days < {{ horizon }} then 0
            when banded_accounts.days_to_churn <= {{ horizon }} then 1
            else 0
        end as is_churned,
        case when banded_accounts.observed_days >= {{ horizon }} then 1 else 0 end as is_observed,
        coalesce(banded_accounts.is_healthiest, 0) as is_healthiest

    from audited_groups

    inner join banded_accounts
        on audited_groups.config_version = banded_accounts.config_version
        and audited_groups.scorecard = banded_accounts.scorecard
        and audited_groups.score_date = banded_accounts.score_date
        and audited_groups.account_id = banded_accounts.account_id

    inner join scores
        on audited_groups.config_version = scores.config_version
        and audited_groups.scorecard = scores.scorecard
        and audited_groups.score_date = scores.score_date
        and audited_groups.account_id = scores.account_id

),

spread as (

    select
        scorecard,
        attribute,
        audited_group,
        is_member,
        avg(effective_score) as average_score,
        {{ percentile('effective_score', 0.25) }} as lower_quartile,
        {{ percentile('effective_score', 0.5) }} as median,
        {{ percentile('effective_score', 0.75) }} as upper_quartile

    from judged

    group by
        scorecard,
        attribute,
        audited_group,
        is_member

),

by_account as (

    select
        scorecard,
        attribute,
        audited_group,
        is_member,
        account_id,
        count(*) as row_count,
        sum(is_selected) as selected_count,
        sum(is_churned) as churned_count,
        sum(is_churned * is_healthiest) as missed_count,
        max(is_observed * (1 - is_churned)) as is_kept

    from judged

    group by
        scorecard,
        attribute,
        audited_group,
        is_member,
        account_id

),

summed as (

    select
        scorecard,
        attribute,
        audited_group,
        is_member,
        count(*) as account_count,
        sum(row_count) as row_count,
        sum(case when churned_count > 0 then 1 else 0 end) as churned_account_count,
        sum(is_kept) as kept_account_count,
        sum(churned_count) as churned_count,
        {{ ratio('sum(selected_count)', 'sum(row_count)') }} as selection_rate,
        {{ ratio('sum(missed_count)', 'sum(churned_count)') }} as missed_rate,
        sum(selected_count * selected_count) as selected_squares,
        sum(selected_count * row_count) as selected_products,
        sum(row_count * row_count) as row_squares,
        sum(missed_count * missed_count) as missed_squares,
        sum(missed_count * churned_count) as missed_products,
        sum(churned_count * churned_count) as churned_squares

    from by_account

    group by
        scorecard,
        attribute,
        audited_group,
        is_member

)

select
    summed.scorecard,
    summed.attribute,
    summed.audited_group,
    summed.is_member,
    cast(summed.account_count as bigint) as account_count,
    cast(summed.churned_account_count as bigint) as churned_account_count,
    cast(summed.kept_account_count as bigint) as kept_account_count,
    {{ rounded('spread.average_score') }} as average_score,
    {{ rounded('spread.lower_quartile') }} as lower_quartile,
    {{ rounded('spread.median') }} as median,
    {{ rounded('spread.upper_quartile') }} as upper_quartile,
    {{ rounded('summed.selection_rate') }} as selection_rate,
    {{ rounded(clustered_error(
        'summed.selection_rate', 'summed.selected_squares', 'summed.selected_products', 'summed.row_squares',
        'summed.row_count', 'summed.account_count',
    )) }} as selection_error,
    {{ rounded('summed.missed_rate') }} as missed_rate,
    {{ rounded(clustered_error(
        'summed.missed_rate', 'summed.missed_squares', 'summed.missed_products', 'summed.churned_squares',
        'summed.churned_count', 'summed.churned_account_count',
    )) }} as missed_error
from summed
inner join spread
    on summed.scorecard = spread.scorecard
    and summed.attribute = spread.attribute
    and summed.audited_group = spread.audited_group
    and summed.is_member = spread.is_member

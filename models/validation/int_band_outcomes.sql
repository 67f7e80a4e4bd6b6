-- One row per scorecard, configuration, evidence, horizon and band: who left, and who grew.

with

banded_accounts as (

    select * from {{ ref('int_backtest_banded_accounts') }}

),

backtest_dates as (

    select * from {{ ref('int_backtest_dates') }}

),

scores as (

    select * from {{ ref('history_scores') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

horizons as (
    {% for horizon in backtest_windows().horizons %}
        {% if not loop.first %}
            union all
        {% endif %}
        select {{ horizon }} as horizon_days
    {% endfor %}
),

paid as (

    select
        account_id,
        score_date,
        max(mrr) as mrr

    from scores

    where is_primary = 1

    group by
        account_id,
        score_date

),

snapshots as (

    select distinct score_date from paid

),

-- Revenue a horizon later is that of the newest snapshot by then, a week older at most.
later_dates as (

    select
        backtest_dates.score_date,
        horizons.horizon_days,
        max(snapshots.score_date) as later_date

    from backtest_dates

    cross join horizons

    cross join settings

    inner join snapshots
        on
        {{ dbt.datediff('backtest_dates.score_date', 'snapshots.score_date', 'day') }}
        between horizons.horizon_days - settings.warning_tolerance_days and horizons.horizon_days

    group by
        backtest_dates.score_date,
        horizons.horizon_days

),

dated as (

    select
        backtest_dates.config_version,
        backtest_dates.scorecard,
        backtest_dates.evidence,
        backtest_dates.score_date,
        horizons.horizon_days,
        {{ dbt.datediff(
            'lag(backtest_dates.score_date) over ('
            ~ 'partition by backtest_dates.config_version, backtest_dates.scorecard, backtest_dates.evidence,'
            ~ ' horizons.horizon_days order by backtest_dates.score_date)',
            'backtest_dates.score_date', 'day'
        ) }} as days_between

    from backtest_dates

    inner join horizons
        on backtest_dates.observed_days >= horizons.horizon_days

),

apart as (

    select
        config_version,
        scorecard,
        evidence,
        horizon_days,
        case when coalesce(min(days_between), horizon_days) >= horizon_days then 1 else 0 end as is_apart

    from dated

    group by
        config_version,
        scorecard,
        evidence,
        horizon_days

),

outcomes as (

    select
        banded_accounts.config_version,
        banded_accounts.scorecard,
        banded_accounts.evidence,
        horizons.horizon_days,
        banded_accounts.band_rank,
        banded_accounts.colour,
        banded_accounts.account_id,
        coalesce(banded_accounts.band, 'insufficient_data') as band,
        case when banded_accounts.days_to_churn <= horizons.horizon_days then 1 else 0 end as is_churned,
        case when later_dates.later_date is not null and banded_accounts.mrr is not null then 1 else 0 end
            as has_later,
        case when later.mrr > banded_accounts.mrr then 1 else 0 end as is_expanded

    from banded_accounts

    inner join horizons
        on banded_accounts.observed_days >= horizons.horizon_days

    left join later_dates
        on banded_accounts.score_date = later_dates.score_date
        and horizons.horizon_days = later_dates.horizon_days

    left join paid as later
        on later_dates.later_date = later.score_date
        and banded_accounts.account_id = later.account_id

),

by_account as (

    select
        config_version,
        scorecard,
        evidence,
        horizon_days,
        band,
        account_id,
        max(band_rank) as band_rank,
        max(colour) as colour,
        count(*) as row_count,
        sum(is_churned) as churned_count,
        sum(has_later) as later_count,
        sum(has_later * is_expanded) as expanded_count

    from outcomes

    group by
        config_version,
        scorecard,
        evidence,
        horizon_days,
        band,
        account_id

),

summed as (

    select
        config_version,
        scorecard,
        evidence,
        horizon_days,
        band,
        max(band_rank) as band_rank,
        max(colour) as colour,
        sum(row_count) as row_count,
        count(*) as account_count,
        sum(churned_count) as churned_count,
        sum(case when churned_count > 0 then 1 else 0 end) as churned_account_count,
        sum(later_count) as later_count,
        sum(expanded_count) as expanded_count,
        sum(churned_count * churned_count) as hit_squares,
        sum(churned_count * row_count) as products,
        sum(row_count * row_count) as row_squares

    from by_account

    group by
        config_version,
        scorecard,
        evidence,
        horizon_days,
        band

),

rated as (

    select
        summed.*,
        apart.is_apart,
        settings.confidence_z,
        {{ ratio('summed.churned_count', 'summed.row_count') }} as churn_rate,
        {{ ratio(
            'sum(summed.churned_count) over (partition by summed.config_version, summed.scorecard,'
            ~ ' summed.evidence, summed.horizon_days)',
            'sum(summed.row_count) over (partition by summed.config_version, summed.scorecard,'
            ~ ' summed.evidence, summed.horizon_days)',
        ) }} as base_rate

    from summed

    cross join settings

    inner join apart
        on summed.config_version = apart.config_version
        and summed.scorecard = apart.scorecard
        and summed.evidence = apart.evidence
        and summed.horizon_days = apart.horizon_days

),

-- Nobody (or everybody) left: the account counts as often as it is there once, not once a week.
spread as (

    select
        *,
        case
            when is_apart = 1 then row_count
            when churned_count in (0, row_count) then account_count
        end as wilson_rows,
        {{ clustered_error('churn_rate', 'hit_squares', 'products', 'row_squares', 'row_count', 'account_count') }}
            as clustered_error

    from rated

)

select
    config_version,
    scorecard,
    evidence,
    cast(horizon_days as integer) as horizon_days,
    cast(band as {{ dbt.type_string() }}) as band,
    cast(band_rank as integer) as band_rank,
    colour,
    cast(row_count as bigint) as account_date_count,
    cast(account_count as bigint) as account_count,
    cast(churned_count as bigint) as churned_count,
    cast(churned_account_count as bigint) as churned_account_count,
    {{ rounded('churn_rate') }} as churn_rate,
    {{ rounded("case
        when wilson_rows is not null then " ~ wilson('churn_rate', 'wilson_rows', 'confidence_z', '-') ~ "
        when churn_rate < confidence_z * clustered_error then 0
        else churn_rate - confidence_z * clustered_error
    end") }} as churn_rate_low,
    {{ rounded("case
        when wilson_rows is not null then " ~ wilson('churn_rate', 'wilson_rows', 'confidence_z', '+') ~ "
        when churn_rate + confidence_z * clustered_error > 1 then 1
        else churn_rate + confidence_z * clustered_error
    end") }} as churn_rate_high,
    cast(case when wilson_rows is null then 'clustered' else 'wilson' end as {{ dbt.type_string() }})
        as interval_method,
    {{ rounded('base_rate') }} as base_rate,
    {{ rounded(ratio('churn_rate', 'base_rate')) }} as multiple_of_base,
    {{ rounded(ratio('expanded_count', 'later_count')) }} as expansion_rate
from spread

-- One row per rule (* for all) and severity (* for all): how many alerts, and how many came before a departure.

with

alerts as (

    select * from {{ ref('int_alerts') }}

    where
        account_id is not null
        and coalesce(closed_because, 'open') <> 'withdrawn'

),

judgements as (

    select * from {{ ref('int_judgements') }}

    where judgement = 'alert'

),

snapshots as (

    select * from {{ ref('int_alert_snapshots') }}

),

backtest_until as (

    select * from {{ ref('int_backtest_until') }}

),

base as (

    select * from {{ ref('int_base_rate') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

books as (

    select
        snapshots.score_date,
        count(*) as account_count

    from snapshots

    cross join backtest_until

    cross join settings

    where snapshots.score_date > {{ days_before('backtest_until.judged_until', '7 * settings.backtest_weeks') }}

    group by snapshots.score_date

),

spans as (

    select
        min(score_date) as first_date,
        {{ dbt.datediff('min(score_date)', 'max(score_date)', 'day') }} as day_count,
        {{ ratio('sum(account_count)', 'count(*)') }} as mean_account_count

    from books

),

-- What held on the first day foretold nothing: nobody knows since when it held.
opened as (

    select
        alerts.alert_id,
        alerts.account_id,
        alerts.rule,
        alerts.severity_when_opened as severity,
        alerts.is_held,
        case when alerts.held_until is null then 0 else 1 end as is_postponed,
        case when alerts.is_held = 0 then judgements.is_left end as is_left

    from alerts

    inner join spans
        on alerts.opened_on > spans.first_date

    left join judgements
        on alerts.alert_id = judgements.judgement_id

),

grouped as (

    select
        rule,
        '*' as severity,
        account_id,
        is_postponed,
        is_held,
        is_left

    from opened

    union all

    select
        '*' as rule,
        severity,
        account_id,
        is_postponed,
        is_held,
        is_left

    from opened

    union all

    select
        '*' as rule,
        '*' as severity,
        account_id,
        is_postponed,
        is_held,
        is_left

    from opened

),

counted as (

    select
        rule,
        severity,
        count(*) as alert_count,
        sum(is_postponed) as held_count,
        sum(is_held) as never_told_count,
        count(is_left) as judged_count,
        count(distinct case when is_left is not null then account_id end) as account_count,
        sum(is_left) as left_count

    from grouped

    group by
        rule,
        severity

),

-- The same account comes again, so the intervals count accounts and not alerts.
rated as (

    select
        counted.rule,
        counted.severity,
        counted.alert_count,
        counted.held_count,
        counted.never_told_count,
        counted.judged_count,
        counted.account_count,
        base.base_rate,
        settings.confidence_z,
        settings.judgement_horizon_days,
        settings.judgement_min_accounts,
        {{ ratio('7 * (counted.alert_count - counted.never_told_count)', 'spans.day_count') }} as alerts_per_week,
        {{ ratio(
            '100 * 7 * (counted.alert_count - counted.never_told_count)',
            'spans.day_count * spans.mean_account_count'
        ) }} as alerts_per_week_per_100,
        case when counted.account_count >= settings.judgement_min_accounts then 1 else 0 end as is_enough,
        case when counted.account_count >= settings.judgement_min_accounts then counted.left_count end as left_count,
        case
            when counted.account_count >= settings.judgement_min_accounts
                then {{ ratio('counted.left_count', 'counted.judged_count') }}
        end as left_rate

    from counted

    cross join spans

    cross join base

    cross join settings

)

select
    cast(rule as {{ dbt.type_string() }}) as rule,
    cast(severity as {{ dbt.type_string() }}) as severity,
    cast(alert_count as bigint) as alert_count,
    cast(held_count as bigint) as held_count,
    cast(never_told_count as bigint) as never_told_count,
    {{ rounded('alerts_per_week') }} as alerts_per_week,
    {{ rounded('alerts_per_week_per_100') }} as alerts_per_week_per_100,
    cast(judgement_horizon_days as integer) as horizon_days,
    cast(judged_count as bigint) as judged_count,
    cast(account_count as bigint) as account_count,
    cast(left_count as bigint) as left_count,
    {{ rounded('left_rate') }} as left_rate,
    {{ rounded(wilson('left_rate', 'account_count', 'confidence_z', '-')) }} as left_rate_low,
    {{ rounded(wilson('left_rate', 'account_count', 'confidence_z', '+')) }} as left_rate_high,
    {{ rounded('base_rate') }} as base_rate,
    {{ rounded(ratio('left_rate', 'base_rate')) }} as multiple_of_base,
    cast(case
        when is_enough = 0
            then
                'fewer than ' || cast(judgement_min_accounts as {{ dbt.type_string() }})
                || ' accounts could be judged (setting judgement_min_accounts)'
    end as {{ dbt.type_string() }}) as explanation
from rated

-- One row per book: a message at each fall of a band, without any rule; how many, and how many came before a departure.

with

published as (

    select * from {{ ref('account_health_history') }}

    where is_as_published = 1 and is_primary = 1

),

paid_periods as (

    select * from {{ ref('int_paid_periods') }}

),

churns as (

    select * from {{ ref('int_churns') }}

),

backtest_until as (

    select * from {{ ref('int_backtest_until') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

followed as (

    select
        account_id,
        score_date,
        band,
        effective_score,
        lag(band) over (partition by account_id order by score_date) as former_band,
        lag(effective_score) over (partition by account_id order by score_date) as former_score

    from published

),

falls as (

    select
        account_id,
        score_date

    from followed

    where
        band <> former_band
        and effective_score < former_score

),

span as (

    select
        {{ dbt.datediff('min(score_date)', 'max(score_date)', 'day') }} as day_count

    from published

),

judged as (

    select
        falls.account_id,
        falls.score_date,
        max(case when churns.churned_on is null then 0 else 1 end) as is_left

    from falls

    cross join settings

    cross join backtest_until

    inner join paid_periods
        on falls.account_id = paid_periods.account_id
        and falls.score_date >= paid_periods.first_date
        and falls.score_date < paid_periods.next_date

    left join churns
        on falls.account_id = churns.account_id
        and falls.score_date < churns.churned_on
        and falls.score_date >= {{ days_before('churns.churned_on', 'settings.judgement_horizon_days') }}

    where
        {{ dbt.datediff('falls.score_date', 'backtest_until.judged_until', 'day') }}
        - settings.reactivation_gap_days >= settings.judgement_horizon_days

    group by
        falls.account_id,
        falls.score_date

),

counted as (

    select
        (select count(*) from falls) as fall_count,
        count(*) as judged_count,
        sum(is_left) as left_count

    from judged

)

select
    counted.fall_count,
    {{ ratio('7 * counted.fall_count', 'span.day_count') }} as falls_per_week,
    counted.judged_count,
    {{ ratio('counted.left_count', 'counted.judged_count') }} as left_rate
from counted
cross join span

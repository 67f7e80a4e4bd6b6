-- One row per live account on the newest score date: how its primary score moved, under today's configuration.

with

history as (

    select * from {{ ref('history_scores') }}

),

versions as (

    select * from {{ ref('int_config_version') }}

),

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

newest as (

    select max(score_date) as score_date

    from score_dates

    where is_due = 1

),

snapshots as (

    select
        history.account_id,
        newest.score_date,
        history.score_date as snapshot_date,
        history.effective_score,
        {{ dbt.datediff('history.score_date', 'newest.score_date', 'day') }} as days_ago

    from history

    inner join versions
        on history.config_version = versions.config_version

    inner join newest
        on history.score_date <= newest.score_date

    where history.is_primary = 1

),

spans as (

    select 7 as span_days

    union all

    select 28 as span_days

    union all

    select 90 as span_days

),

candidates as (

    select
        snapshots.account_id,
        snapshots.score_date,
        spans.span_days,
        snapshots.effective_score,
        row_number() over (
            partition by
                snapshots.account_id,
                snapshots.score_date,
                spans.span_days
            order by snapshots.days_ago
        ) as candidate_number

    from snapshots

    cross join settings

    inner join spans
        on snapshots.days_ago >= spans.span_days
        and snapshots.days_ago <= spans.span_days + settings.trend_tolerance_days

),

former_scores as (

    select
        account_id,
        score_date,
        max(case when span_days = 7 then effective_score end) as score_7d_ago,
        max(case when span_days = 28 then effective_score end) as score_28d_ago,
        max(case when span_days = 90 then effective_score end) as score_90d_ago

    from candidates

    where candidate_number = 1

    group by
        account_id,
        score_date

),

sums as (

    select
        snapshots.account_id,
        snapshots.score_date,
        count(*) as snapshot_count,
        max(snapshots.days_ago) as span_days,
        sum(-snapshots.days_ago) as sum_x,
        sum(snapshots.days_ago * snapshots.days_ago) as sum_xx,
        sum(snapshots.effective_score) as sum_y,
        sum(-snapshots.days_ago * snapshots.effective_score) as sum_xy

    from snapshots

    cross join settings

    where
        snapshots.days_ago <= 90 + settings.trend_tolerance_days
        and snapshots.effective_score is not null

    group by
        snapshots.account_id,
        snapshots.score_date

),

slopes as (

    select
        sums.account_id,
        sums.score_date,
        case
            when
                sums.snapshot_count >= settings.trend_min_snapshots
                and sums.span_days >= settings.trend_min_days
                then {{ rounded(ratio(
                    'sums.snapshot_count * sums.sum_xy - sums.sum_x * sums.sum_y',
                    'sums.snapshot_count * sums.sum_xx - sums.sum_x * sums.sum_x',
                )) }}
        end as slope_90d

    from sums

    cross join settings

)

select
    snapshots.account_id,
    snapshots.score_date,
    cast(snapshots.effective_score - former_scores.score_7d_ago as numeric(28, 6)) as change_7d,
    cast(snapshots.effective_score - former_scores.score_28d_ago as numeric(28, 6)) as change_28d,
    cast(snapshots.effective_score - former_scores.score_90d_ago as numeric(28, 6)) as change_90d,
    slopes.slope_90d,
    cast(case
        when snapshots.effective_score is null or slopes.slope_90d is null then null
        when 28 * slopes.slope_90d > settings.trend_margin_points then 'improving'
        when 28 * slopes.slope_90d < -settings.trend_margin_points then 'declining'
        else 'steady'
    end as {{ dbt.type_string() }}) as trend
from snapshots
cross join settings
left join former_scores
    on snapshots.account_id = former_scores.account_id
    and snapshots.score_date = former_scores.score_date
left join slopes
    on snapshots.account_id = slopes.account_id
    and snapshots.score_date = slopes.score_date
where snapshots.days_ago = 0

-- One row per episode of an account: what the account is worth, where it stands, and how severe that makes it.

with

episodes as (

    select * from {{ ref('int_alert_episodes') }}

    where account_id <> '*'

),

snapshots as (

    select * from {{ ref('int_alert_snapshots') }}

),

signals as (

    select * from {{ ref('history_signals') }}

    where
        signal = 'days_to_renewal'
        and state = 'measured'

),

bands as (

    select * from {{ ref('int_band_edges') }}

),

scorecards as (

    select * from {{ ref('scorecards') }}

),

published as (

    select * from {{ ref('int_published_dates') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

newest as (

    select max(score_date) as score_date from published

),

revenue_ranks as (

    select
        snapshots.mrr,
        row_number() over (order by snapshots.mrr desc) as revenue_rank,
        count(*) over () as account_count

    from snapshots

    inner join newest
        on snapshots.score_date = newest.score_date

    where snapshots.mrr is not null

),

revenue as (

    select min(revenue_ranks.mrr) as high_mrr

    from revenue_ranks

    cross join settings

    where revenue_ranks.revenue_rank <= settings.alert_high_mrr_share * revenue_ranks.account_count

),

-- The newest snapshot of the account within the episode.
seen as (

    select
        episodes.account_id,
        episodes.rule,
        episodes.opened_on,
        max(snapshots.score_date) as score_date

    from episodes

    inner join snapshots
        on episodes.account_id = snapshots.account_id
        and episodes.opened_on <= snapshots.score_date
        and (episodes.closed_on is null or episodes.closed_on >= snapshots.score_date)

    group by
        episodes.account_id,
        episodes.rule,
        episodes.opened_on

),

joined as (

    select
        episodes.account_id,
        episodes.rule,
        episodes.opened_on,
        snapshots.mrr,
        signals.value as days_to_renewal,
        snapshots.effective_score,
        snapshots.band,
        coalesce(
            bands.action_plan, case when snapshots.account_id is not null then scorecards.insufficient_data_action end
        ) as action_plan,
        case when snapshots.mrr >= revenue.high_mrr then 1 else 0 end
        + case when signals.value <= settings.alert_near_renewal_days then 1 else 0 end as grounds,
        case when first_snapshots.mrr >= revenue.high_mrr then 1 else 0 end
        + case when first_signals.value <= settings.alert_near_renewal_days then 1 else 0 end as first_grounds

    from episodes

    cross join settings

    cross join revenue

    left join seen
        on episodes.account_id = seen.account_id
        and episodes.rule = seen.rule
        and episodes.opened_on = seen.opened_on

    left join snapshots
        on seen.account_id = snapshots.account_id
        and seen.score_date = snapshots.score_date

    left join snapshots as first_snapshots
        on episodes.account_id = first_snapshots.account_id
        and episodes.opened_on = first_snapshots.score_date

    left join signals as first_signals
        on first_snapshots.account_id = first_signals.account_id
        and first_snapshots.score_date = first_signals.score_date
        and first_snapshots.config_version = first_signals.config_version

    left join signals
        on snapshots.account_id = signals.account_id
        and snapshots.score_date = signals.score_date
        and snapshots.config_version = signals.config_version

    left join bands
        on snapshots.scorecard = bands.scorecard
        and snapshots.band = bands.band

    left join scorecards
        on snapshots.scorecard = scorecards.scorecard

)

select
    account_id,
    rule,
    opened_on,
    cast(mrr as numeric(28, 6)) as mrr,
    cast(days_to_renewal as integer) as days_to_renewal,
    cast(effective_score as numeric(28, 6)) as effective_score,
    band,
    action_plan,
    cast(case
        when grounds > 1 then 'high'
        when grounds = 1 then 'medium'
        else 'low'
    end as {{ dbt.type_string() }}) as severity,
    cast(case
        when first_grounds > 1 then 'high'
        when first_grounds = 1 then 'medium'
        else 'low'
    end as {{ dbt.type_string() }}) as severity_when_opened
from joined

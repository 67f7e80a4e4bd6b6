-- One row per alert: an episode with its id, what it is worth and why.

with

episodes as (

    select * from {{ ref('int_alert_episodes') }}

),

ids as (

    select * from {{ ref('int_alert_ids') }}

),

rules as (

    select * from {{ ref('alert_rules') }}

),

reasons as (

    select * from {{ ref('int_alert_reasons') }}

),

holds as (

    select * from {{ ref('int_alert_holds') }}

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

accounts as (

    select * from {{ ref('stg_accounts') }}

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

former_dates as (

    select * from {{ ref('int_former_alert_dates') }}

),

versions as (

    select * from {{ ref('int_alert_rules_version') }}

),

last_complete as (

    select * from {{ ref('int_last_complete_day') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

former as (

    select * from {{ ref('int_former_alerts') }}

),

last_published as (

    select max(score_date) as score_date from published

),

newest as (

    select
        published.score_date,
        published.config_version

    from published

    inner join last_published
        on published.score_date = last_published.score_date

),

last_judged as (

    select max(score_date) as score_date from former_dates

),

-- Rules that were judged before, and as they are now; else all that opens is the state of things.
judged as (

    select count(*) as date_count

    from former_dates

    inner join last_judged
        on former_dates.score_date = last_judged.score_date

    inner join versions
        on former_dates.rules_version = versions.rules_version

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

described as (

    select
        account_id,
        rule,
        opened_on,
        max(case when reason_number = 1 then reason end) as reason_1,
        max(case when reason_number = 2 then reason end) as reason_2,
        max(case when reason_number = 3 then reason end) as reason_3

    from reasons

    group by
        account_id,
        rule,
        opened_on

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
        episodes.account_id as account_key,
        episodes.rule,
        rules.title,
        rules.kind,
        ids.ordinal,
        episodes.opened_on,
        episodes.closed_on,
        episodes.closed_because,
        case
            when ids.former_is_baseline is not null then ids.former_is_baseline
            when judged.date_count = 0 then 1
            when episodes.is_reconfigured = 1 then 1
            when episodes.opened_on < {{ days_before('last_complete.score_date', 'settings.alert_late_days') }} then 1
            else 0
        end as is_baseline,
        holds.held_because,
        holds.held_until,
        coalesce(holds.is_held, 0) as is_held,
        accounts.account_id,
        accounts.account_name,
        accounts.csm,
        snapshots.mrr,
        signals.value as days_to_renewal,
        snapshots.effective_score,
        snapshots.band,
        case when snapshots.mrr >= revenue.high_mrr then 1 else 0 end
        + case when signals.value <= settings.alert_near_renewal_days then 1 else 0 end as grounds,
        case when first_snapshots.mrr >= revenue.high_mrr then 1 else 0 end
        + case when first_signals.value <= settings.alert_near_renewal_days then 1 else 0 end as first_grounds,
        described.reason_1,
        described.reason_2,
        described.reason_3,
        coalesce(
            bands.action_plan, case when snapshots.account_id is not null then scorecards.insufficient_data_action end
        ) as action_plan,
        newest.score_date,
        newest.config_version

    from episodes

    inner join ids
        on episodes.account_id = ids.account_id
        and episodes.rule = ids.rule
        and episodes.opened_on = ids.opened_on

    inner join rules
        on episodes.rule = rules.rule

    cross join newest

    cross join judged

    cross join last_complete

    cross join settings

    cross join revenue

    left join holds
        on episodes.account_id = holds.account_id
        and episodes.rule = holds.rule
        and episodes.opened_on = holds.opened_on

    left join described
        on episodes.account_id = described.account_id
        and episodes.rule = described.rule
        and episodes.opened_on = described.opened_on

    left join accounts
        on episodes.account_id = accounts.account_id
        and accounts.superseded_on is null

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

    where
        rules.kind = 'book'
        or accounts.account_id is not null

),

-- Published once, and the facts or the rules of today know nothing of it any more.
withdrawn as (

    select
        coalesce(former.account_id, '*') as account_key,
        former.rule,
        coalesce(rules.title, former.rule) as title,
        coalesce(rules.kind, 'gone') as kind,
        former.ordinal,
        former.opened_on,
        coalesce(former.closed_on, newest.score_date) as closed_on,
        'withdrawn' as closed_because,
        former.is_baseline,
        cast(null as {{ dbt.type_string() }}) as held_because,
        cast(null as date) as held_until,
        0 as is_held,
        former.account_id,
        accounts.account_name,
        accounts.csm,
        newest.score_date,
        newest.config_version

    from former

    cross join newest

    left join ids
        on coalesce(former.account_id, '*') = ids.account_id
        and former.rule = ids.rule
        and former.ordinal = ids.ordinal

    left join rules
        on former.rule = rules.rule

    left join accounts
        on former.account_id = accounts.account_id
        and accounts.superseded_on is null

    where
        ids.account_id is null
        and (former.account_id is null or accounts.account_id is not null)

),

alerts as (

    select
        account_key,
        rule,
        title,
        kind,
        ordinal,
        opened_on,
        closed_on,
        closed_because,
        is_baseline,
        held_because,
        held_until,
        is_held,
        account_id,
        account_name,
        csm,
        mrr,
        days_to_renewal,
        effective_score,
        band,
        grounds,
        first_grounds,
        reason_1,
        reason_2,
        reason_3,
        action_plan,
        score_date,
        config_version

    from joined

    union all

    select
        account_key,
        rule,
        title,
        kind,
        ordinal,
        opened_on,
        closed_on,
        closed_because,
        is_baseline,
        held_because,
        held_until,
        is_held,
        account_id,
        account_name,
        csm,
        null as mrr,
        null as days_to_renewal,
        null as effective_score,
        null as band,
        0 as grounds,
        0 as first_grounds,
        null as reason_1,
        null as reason_2,
        null as reason_3,
        null as action_plan,
        score_date,
        config_version

    from withdrawn

)

select
    cast({{ dbt.hash(dbt.concat([
        'account_key', "' '", 'rule', "' '", 'cast(ordinal as ' ~ dbt.type_string() ~ ')',
    ])) }} as {{ dbt.type_string() }}) as alert_id,
    account_id,
    account_name,
    csm,
    rule,
    title,
    ordinal,
    cast(case when closed_on is null then 'open' else 'closed' end as {{ dbt.type_string() }}) as status,
    cast(is_baseline as integer) as is_baseline,
    cast(is_held as integer) as is_held,
    held_because,
    held_until,
    opened_on,
    closed_on,
    cast(closed_because as {{ dbt.type_string() }}) as closed_because,
    cast(case
        when kind = 'book' or grounds > 1 then 'high'
        when grounds = 1 then 'medium'
        else 'low'
    end as {{ dbt.type_string() }}) as severity,
    cast(case
        when kind = 'book' or first_grounds > 1 then 'high'
        when first_grounds = 1 then 'medium'
        else 'low'
    end as {{ dbt.type_string() }}) as severity_when_opened,
    cast(mrr as numeric(28, 6)) as mrr,
    cast(days_to_renewal as integer) as days_to_renewal,
    cast(effective_score as numeric(28, 6)) as effective_score,
    cast(band as {{ dbt.type_string() }}) as band,
    cast(reason_1 as {{ dbt.type_string() }}) as reason_1,
    cast(reason_2 as {{ dbt.type_string() }}) as reason_2,
    cast(reason_3 as {{ dbt.type_string() }}) as reason_3,
    cast(action_plan as {{ dbt.type_string() }}) as action_plan,
    score_date,
    config_version
from alerts

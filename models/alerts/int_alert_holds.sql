-- One row per episode that opened while its cause moved the whole book: until when it is held back.

with

episodes as (

    select * from {{ ref('int_alert_episodes') }}

),

rules as (

    select * from {{ ref('alert_rules') }}

),

reasons as (

    select * from {{ ref('int_alert_reasons') }}

),

causes as (

    select * from {{ ref('int_alert_causes') }}

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

-- The rule itself opens widely, or its signal moved for everybody.
direct as (

    select
        episodes.account_id,
        episodes.rule,
        episodes.opened_on,
        causes.title,
        causes.moved_share as weight,
        causes.ended_on

    from episodes

    inner join rules
        on episodes.rule = rules.rule

    inner join causes
        on episodes.opened_on = causes.score_date
        and (
            (causes.cause_type = 'rule' and episodes.rule = causes.cause)
            or (causes.cause_type <> 'rule' and rules.signal = causes.cause)
        )

),

-- What the score lost, and whether the whole book lost it.
losses as (

    select
        reasons.account_id,
        reasons.rule,
        reasons.opened_on,
        reasons.points_lost,
        causes.title,
        causes.ended_on,
        sum(reasons.points_lost) over (
            partition by
                reasons.account_id,
                reasons.rule,
                reasons.opened_on
        ) as all_lost,
        sum(case when causes.cause is not null then reasons.points_lost else 0 end) over (
            partition by
                reasons.account_id,
                reasons.rule,
                reasons.opened_on
        ) as book_lost

    from reasons

    inner join rules
        on reasons.rule = rules.rule

    left join causes
        on reasons.opened_on = causes.score_date
        and reasons.cause_type = causes.cause_type
        and reasons.cause = causes.cause

    where
        reasons.reason_kind = 'ledger'
        and rules.kind in ('band', 'score_drop', 'coverage_drop', 'renewal')

),

carried as (

    select
        losses.account_id,
        losses.rule,
        losses.opened_on,
        losses.title,
        losses.points_lost as weight,
        losses.ended_on

    from losses

    cross join settings

    where
        losses.title is not null
        and losses.book_lost >= settings.alert_held_loss_share * losses.all_lost

),

caused as (

    select * from direct

    union all

    select * from carried

),

dated as (

    select
        caused.account_id,
        caused.rule,
        caused.opened_on,
        caused.title,
        caused.weight,
        coalesce(episodes.closed_on, newest.score_date) as judged_on,
        -- Who recovers together with the book is never told about.
        cast({{ dbt.dateadd('day', 'rules.recover_days', 'caused.ended_on') }} as date) as cleared_on,
        cast({{ dbt.dateadd('day', 'settings.alert_hold_days', 'caused.opened_on') }} as date) as held_until

    from caused

    cross join newest

    cross join settings

    inner join episodes
        on caused.account_id = episodes.account_id
        and caused.rule = episodes.rule
        and caused.opened_on = episodes.opened_on

    inner join rules
        on caused.rule = rules.rule

    where
        rules.is_hard_fact = 0
        and rules.kind <> 'book'

),

ranked as (

    select
        account_id,
        rule,
        opened_on,
        judged_on,
        title,
        case when cleared_on < held_until then cleared_on else held_until end as held_until,
        row_number() over (
            partition by
                account_id,
                rule,
                opened_on
            order by
                case when cleared_on < held_until then cleared_on else held_until end desc,
                weight desc,
                title asc
        ) as cause_number

    from dated

)

select
    account_id,
    rule,
    opened_on,
    cast(title as {{ dbt.type_string() }}) as held_because,
    held_until,
    cast(case when judged_on < held_until then 1 else 0 end as integer) as is_held
from ranked
where cause_number = 1

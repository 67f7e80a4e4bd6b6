-- One row per account (* for the whole book), rule and episode, as the snapshots of today tell it.

with recursive

islands as (

    select * from {{ ref('int_alert_islands') }}

),

days as (

    select * from {{ ref('int_alert_days') }}

),

rules as (

    select * from {{ ref('alert_rules') }}

),

-- Where an episode ends does not depend on where it began, so the next one is known in advance.
cooled as (

    select
        islands.account_id,
        islands.rule,
        islands.island_number,
        islands.last_held_on,
        islands.closed_on,
        islands.closed_because,
        cast({{ dbt.dateadd('day', 'rules.cooldown_days', 'islands.closed_on') }} as date) as cool_until

    from islands

    inner join rules
        on islands.rule = rules.rule

),

followed as (

    select
        cooled.account_id,
        cooled.rule,
        cooled.island_number,
        cooled.cool_until,
        min(latter.island_number) as next_number

    from cooled

    left join cooled as latter
        on cooled.account_id = latter.account_id
        and cooled.rule = latter.rule
        and cooled.island_number < latter.island_number
        and cooled.cool_until < latter.last_held_on

    group by
        cooled.account_id,
        cooled.rule,
        cooled.island_number,
        cooled.cool_until

),

opened as (

    select
        followed.account_id,
        followed.rule,
        followed.island_number,
        followed.next_number,
        followed.cool_until,
        cast('0001-01-01' as date) as blocked_until

    from followed

    where followed.island_number = 1

    union all

    select
        followed.account_id,
        followed.rule,
        followed.island_number,
        followed.next_number,
        followed.cool_until,
        opened.cool_until as blocked_until

    from opened

    inner join followed
        on opened.account_id = followed.account_id
        and opened.rule = followed.rule
        and opened.next_number = followed.island_number

),

dated as (

    select
        opened.account_id,
        opened.rule,
        opened.island_number,
        min(days.score_date) as opened_on

    from opened

    inner join islands
        on opened.account_id = islands.account_id
        and opened.rule = islands.rule
        and opened.island_number = islands.island_number

    inner join days
        on opened.account_id = days.account_id
        and opened.rule = days.rule
        and days.is_holding = 1
        and islands.first_held_on <= days.score_date
        and islands.last_held_on >= days.score_date
        and opened.blocked_until < days.score_date

    group by
        opened.account_id,
        opened.rule,
        opened.island_number

)

select
    dated.account_id,
    dated.rule,
    dated.opened_on,
    islands.closed_on,
    islands.closed_because,
    days.is_reconfigured
from dated
inner join islands
    on dated.account_id = islands.account_id
    and dated.rule = islands.rule
    and dated.island_number = islands.island_number
inner join days
    on dated.account_id = days.account_id
    and dated.rule = days.rule
    and dated.opened_on = days.score_date

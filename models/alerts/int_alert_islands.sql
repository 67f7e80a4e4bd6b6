-- One row per account, rule and island: days on which the rule holds with no closing between them.

with

days as (

    select * from {{ ref('int_alert_days') }}

),

counted as (

    select
        account_id,
        rule,
        score_date,
        stay_number,
        left_on,
        is_holding,
        is_over,
        sum(is_over) over (
            partition by
                account_id,
                rule,
                stay_number
            order by score_date
            rows unbounded preceding
        ) as over_count

    from days

),

held as (

    select
        account_id,
        rule,
        stay_number,
        over_count,
        min(score_date) as first_held_on,
        max(score_date) as last_held_on,
        max(left_on) as left_on

    from counted

    where is_holding = 1

    group by
        account_id,
        rule,
        stay_number,
        over_count

),

closed as (

    select
        held.account_id,
        held.rule,
        held.first_held_on,
        held.last_held_on,
        coalesce(counted.score_date, held.left_on) as closed_on,
        case
            when counted.score_date is not null then 'recovered'
            when held.left_on is not null then 'churned'
        end as closed_because

    from held

    left join counted
        on held.account_id = counted.account_id
        and held.rule = counted.rule
        and held.stay_number = counted.stay_number
        and held.over_count + 1 = counted.over_count
        and counted.is_over = 1

)

select
    account_id,
    rule,
    cast(row_number() over (
        partition by
            account_id,
            rule
        order by first_held_on
    ) as integer) as island_number,
    first_held_on,
    last_held_on,
    closed_on,
    cast(closed_because as {{ dbt.type_string() }}) as closed_because
from closed

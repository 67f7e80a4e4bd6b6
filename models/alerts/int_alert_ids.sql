-- One row per episode: its number, taken from the published alert with which it shares days, else a new one.

with

episodes as (

    select * from {{ ref('int_alert_episodes') }}

),

former as (

    select * from {{ ref('int_former_alerts') }}

),

published as (

    select * from {{ ref('int_published_dates') }}

),

newest as (

    select max(score_date) as score_date from published

),

-- Of the days that both cover; one that is open lasts to the newest snapshot.
shared_days as (

    select
        episodes.account_id,
        episodes.rule,
        episodes.opened_on,
        former.ordinal,
        former.is_baseline,
        {{ dbt.datediff(
            'case when episodes.opened_on > former.opened_on then episodes.opened_on else former.opened_on end',
            'case
                when coalesce(episodes.closed_on, newest.score_date) < coalesce(former.closed_on, newest.score_date)
                    then coalesce(episodes.closed_on, newest.score_date)
                else coalesce(former.closed_on, newest.score_date)
            end',
            'day',
        ) }} as overlap_days

    from episodes

    cross join newest

    inner join former
        on episodes.account_id = coalesce(former.account_id, '*')
        and episodes.rule = former.rule

    where
        episodes.opened_on <= coalesce(former.closed_on, newest.score_date)
        and former.opened_on <= coalesce(episodes.closed_on, newest.score_date)

),
{% for round in ['first', 'second'] %}
    {{ round }}_ranked as (

        select
            account_id,
            rule,
            opened_on,
            ordinal,
            is_baseline,
            row_number() over (
                partition by
                    account_id,
                    rule,
                    opened_on
                order by
                    overlap_days desc,
                    ordinal asc
            ) as former_number,
            row_number() over (
                partition by
                    account_id,
                    rule,
                    ordinal
                order by
                    overlap_days desc,
                    opened_on asc
            ) as episode_number

        from shared_days
        {% if round == 'second' %}
            where
                not exists (
                    select 1
                    from first_matched
                    where
                        first_matched.account_id = shared_days.account_id
                        and first_matched.rule = shared_days.rule
                        and (
                            first_matched.opened_on = shared_days.opened_on
                            or first_matched.ordinal = shared_days.ordinal
                        )
                )
        {% endif %}
    ),

    {{ round }}_matched as (

        select
            account_id,
            rule,
            opened_on,
            ordinal,
            is_baseline

        from {{ round }}_ranked

        where
            former_number = 1
            and episode_number = 1

    ),
{% endfor %}
matched as (

    select * from first_matched

    union all

    select * from second_matched

),

last_numbers as (

    select
        rule,
        coalesce(account_id, '*') as account_id,
        max(ordinal) as ordinal

    from former

    group by
        coalesce(account_id, '*'),
        rule

),

new_numbers as (

    select
        episodes.account_id,
        episodes.rule,
        episodes.opened_on,
        coalesce(last_numbers.ordinal, 0) + row_number() over (
            partition by
                episodes.account_id,
                episodes.rule
            order by episodes.opened_on
        ) as ordinal

    from episodes

    left join matched
        on episodes.account_id = matched.account_id
        and episodes.rule = matched.rule
        and episodes.opened_on = matched.opened_on

    left join last_numbers
        on episodes.account_id = last_numbers.account_id
        and episodes.rule = last_numbers.rule

    where matched.ordinal is null

)

select
    account_id,
    rule,
    opened_on,
    cast(ordinal as integer) as ordinal,
    cast(is_baseline as integer) as former_is_baseline
from matched
union all
select
    account_id,
    rule,
    opened_on,
    cast(ordinal as integer) as ordinal,
    cast(null as integer) as former_is_baseline
from new_numbers

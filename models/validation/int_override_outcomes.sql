-- One row per kind of judgement and group of people: how often it was right, never for a small group.

with

judgements as (

    select * from {{ ref('int_judgements') }}

    where judgement in ('override', 'pulse')

),

base as (

    select * from {{ ref('int_base_rate') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

grouped as (

    select
        judgement,
        kind,
        'all' as group_type,
        'all' as person,
        account_id,
        direction,
        horizon_days,
        is_left,
        is_right

    from judgements

    union all

    select
        judgement,
        kind,
        case when judgement = 'override' then 'author' else 'csm' end as group_type,
        coalesce(person, 'unknown') as person,
        account_id,
        direction,
        horizon_days,
        is_left,
        is_right

    from judgements

),

counted as (

    select
        judgement,
        kind,
        group_type,
        person,
        horizon_days,
        count(*) as judgement_count,
        count(is_left) as judged_count,
        count(distinct case when is_left is not null then account_id end) as account_count,
        sum(is_left) as left_count,
        sum(is_right) as right_count,
        sum(case when is_left is not null and direction = 1 then 1 else 0 end) as lifted_count,
        sum(case when is_left is not null and direction = -1 then 1 else 0 end) as lowered_count

    from grouped

    group by
        judgement,
        kind,
        group_type,
        person,
        horizon_days

),

-- What is left out could be had by subtraction, so together it is as much as one group, or nothing.
ranked as (

    select
        counted.*,
        coalesce(sum(counted.account_count) over (
            partition by
                counted.judgement,
                counted.kind,
                counted.group_type
            order by
                counted.account_count,
                counted.person
            rows between unbounded preceding and 1 preceding
        ), 0) as smaller_groups_accounts

    from counted

),

told as (

    select
        ranked.*,
        base.base_rate,
        settings.confidence_z,
        settings.judgement_min_accounts,
        case when ranked.account_count >= settings.judgement_min_accounts then 1 else 0 end as is_enough

    from ranked

    cross join base

    cross join settings

    where
        ranked.group_type = 'all'
        or (
            ranked.account_count >= settings.judgement_min_accounts
            and (
                ranked.smaller_groups_accounts = 0
                or ranked.smaller_groups_accounts >= settings.judgement_min_accounts
            )
        )

),

-- The same account comes again, so the intervals count accounts and not judgements.
rated as (

    select
        judgement,
        kind,
        group_type,
        person,
        horizon_days,
        judgement_count,
        judged_count,
        account_count,
        base_rate,
        confidence_z,
        judgement_min_accounts,
        is_enough,
        case when is_enough = 1 then left_count end as left_count,
        case when is_enough = 1 then right_count end as right_count,
        case when is_enough = 1 then {{ ratio('left_count', 'judged_count') }} end as left_rate,
        case when is_enough = 1 then {{ ratio('right_count', 'judged_count') }} end as right_rate,
        case when is_enough = 1 and judgement = 'override' then {{ ratio(
            'lifted_count * (1 - base_rate) + lowered_count * base_rate', 'judged_count'
        ) }} end as right_rate_by_chance

    from told

)

select
    judgement,
    kind,
    cast(group_type as {{ dbt.type_string() }}) as group_type,
    cast(person as {{ dbt.type_string() }}) as person,
    horizon_days,
    cast(judgement_count as bigint) as judgement_count,
    cast(judged_count as bigint) as judged_count,
    cast(account_count as bigint) as account_count,
    cast(left_count as bigint) as left_count,
    {{ rounded('left_rate') }} as left_rate,
    {{ rounded(wilson('left_rate', 'account_count', 'confidence_z', '-')) }} as left_rate_low,
    {{ rounded(wilson('left_rate', 'account_count', 'confidence_z', '+')) }} as left_rate_high,
    {{ rounded('base_rate') }} as base_rate,
    {{ rounded(ratio('left_rate', 'base_rate')) }} as multiple_of_base,
    cast(right_count as bigint) as right_count,
    {{ rounded('right_rate') }} as right_rate,
    {{ rounded(wilson('right_rate', 'account_count', 'confidence_z', '-')) }} as right_rate_low,
    {{ rounded(wilson('right_rate', 'account_count', 'confidence_z', '+')) }} as right_rate_high,
    {{ rounded('right_rate_by_chance') }} as right_rate_by_chance,
    cast(case
        when is_enough = 0
            then
                'fewer than ' || cast(judgement_min_accounts as {{ dbt.type_string() }})
                || ' accounts could be judged (setting judgement_min_accounts)'
    end as {{ dbt.type_string() }}) as explanation
from rated

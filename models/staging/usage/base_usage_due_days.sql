-- One row per UTC day whose usage is to be rolled up: its rows changed, or the accounts and people that they may count for.

{% set text = dbt.type_string() %}

with

deliveries as (

    select * from {{ ref('base_usage_deliveries') }}

),

delivered as (

    select
        event_date,
        sum(row_count) as row_count,
        case when count(newest_loaded_at) = count(*) then max(newest_loaded_at) end as newest_loaded_at

    from deliveries

    group by event_date

),

present_keys as (

    select * from {{ ref('base_usage_keys') }}

),

rolled as (

    {{ left_behind('staging', 'base_usage_rolled_days', {
        'event_date': 'date', 'row_count': 'bigint', 'newest_loaded_at': dbt.type_timestamp(), 'made_with': text,
    }) }}

),

odd_rows as (

    {{ left_behind('staging', 'base_usage_events', {
        'account_id': text, 'user_id': text, 'occurred_at': dbt.type_timestamp(),
    }) }}

),

usage_days as (

    {{ left_behind('staging', 'stg_usage_days', {'account_id': text, 'event_date': 'date'}) }}

),

former_keys as (

    {{ left_behind('staging', 'base_usage_rolled_keys', {'kind': text, 'key_value': text}) }}

),

keys_of_both as (

    select
        kind,
        key_value

    from present_keys

    union all

    select
        kind,
        key_value

    from former_keys

),

-- Accounts that came or went, and what was erased since.
in_one_of_both as (

    select
        kind,
        key_value

    from keys_of_both

    group by
        kind,
        key_value

    having count(*) = 1

),

changed_keys as (

    select distinct key_value from in_one_of_both

),

due as (

    select delivered.event_date

    from delivered

    left join rolled
        on delivered.event_date = rolled.event_date

    where
        rolled.event_date is null
        or delivered.row_count <> rolled.row_count
        or rolled.newest_loaded_at is null
        or delivered.newest_loaded_at is null
        or delivered.newest_loaded_at <> rolled.newest_loaded_at
        or rolled.made_with <> '{{ usage_made_with() }}'

    union

    select rolled.event_date

    from rolled

    left join delivered
        on rolled.event_date = delivered.event_date

    where delivered.event_date is null

    union

    select {{ usage_day('odd_rows.occurred_at') }} as event_date

    from odd_rows

    inner join changed_keys
        on odd_rows.account_id = changed_keys.key_value

    union

    select {{ usage_day('odd_rows.occurred_at') }} as event_date

    from odd_rows

    inner join changed_keys
        on odd_rows.user_id = changed_keys.key_value

    union

    select usage_days.event_date

    from usage_days

    inner join changed_keys
        on usage_days.account_id = changed_keys.key_value

)

select event_date
from due

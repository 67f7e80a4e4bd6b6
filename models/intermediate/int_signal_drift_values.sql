-- One row per score date, signal, day of the two compared, state and value: how many accounts have it.

with

states as (

    select * from {{ ref('int_signal_states') }}

),

days as (

    select * from {{ ref('int_signal_drift_days') }}

),

history as (

    select * from {{ ref('history_signals') }}

),

present as (

    select
        score_date,
        signal,
        1 as is_present,
        state,
        case when state = 'measured' then value end as value

    from states

),

-- The few days that are asked for, so that a run costs the same however long the history is.
former as (

    select
        days.score_date,
        history.signal,
        0 as is_present,
        history.state,
        case when history.state = 'measured' then history.value end as value

    from days

    inner join history
        on days.from_date = history.score_date
        and days.from_config_version = history.config_version

),

together as (

    select * from present

    union all

    select * from former

)

select
    score_date,
    signal,
    cast(is_present as integer) as is_present,
    state,
    value,
    cast(count(*) as bigint) as account_count
from together
group by
    score_date,
    signal,
    is_present,
    state,
    value

-- One row per score date and signal: can it be measured, and up to which day is its source complete?

with

signals as (

    select * from {{ ref('signals') }}

),

signal_inputs as (

    select * from {{ ref('signal_inputs') }}

),

availability as (

    select * from {{ ref('int_signal_availability') }}

),

source_dates as (

    select * from {{ ref('int_source_dates') }}

),

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

needed_tables as (

    select
        signal,
        table_name,
        max(sets_freshness) as sets_freshness

    from signal_inputs

    group by
        signal,
        table_name

),

sources as (

    select
        score_dates.score_date,
        needed_tables.signal,
        min(
            case when needed_tables.sets_freshness = 1 then source_dates.complete_on end
        ) as complete_on,
        sum(case when source_dates.table_name is null then 1 else 0 end) as silent_tables

    from needed_tables

    cross join score_dates

    left join source_dates
        on score_dates.score_date = source_dates.score_date
        and needed_tables.table_name = source_dates.table_name

    group by
        score_dates.score_date,
        needed_tables.signal

)

select
    sources.score_date,
    signals.signal,
    signals.dimension,
    signals.freshness,
    signals.warn_after_days,
    signals.expire_after_days,
    cast(
        case
            when availability.is_fed = 1 and sources.silent_tables = 0 then 1
            else 0
        end as integer
    ) as is_fed,
    sources.complete_on
from signals
inner join sources
    on signals.signal = sources.signal
inner join availability
    on signals.signal = availability.signal

-- One row per connector and UTC day of usage_events: how many rows were delivered, and when the last of them came.

with

delivered as (

    {{ delivered_rows('usage_events') }}

),

daily as (

    select
        connector,
        {{ usage_day('occurred_at') }} as event_date,
        count(*) as row_count,
        case when count(loaded_at) = count(*) then max(loaded_at) end as newest_loaded_at

    from delivered

    group by
        connector,
        {{ usage_day('occurred_at') }}

)

select
    cast(connector as {{ dbt.type_string() }}) as connector,
    event_date,
    cast(row_count as bigint) as row_count,
    newest_loaded_at
from daily

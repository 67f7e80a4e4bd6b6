-- One row per contract table, day on which something happened in it, and day from which that was known.

with

event_days as (

    {{ input_days() }}

),

counted as (

    select
        cast(table_name as {{ dbt.type_string() }}) as table_name,
        event_date,
        known_on,
        cast(sum(row_count) as integer) as row_count

    from event_days

    group by
        table_name,
        event_date,
        known_on

)

select * from counted

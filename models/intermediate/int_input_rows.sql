-- One row per contract table and connector that feeds it: what became of its rows.

with

counts as (

    {{ input_row_counts() }}

),

summed as (

    select
        table_name,
        connector,
        sum(case when row_status = 'raw' then row_count else 0 end) as raw_rows,
        sum(case when row_status = 'accepted' then row_count else 0 end) as accepted_rows,
        sum(case when row_status = 'superseded' then row_count else 0 end) as superseded_rows,
        sum(case when row_status = 'rejected' then row_count else 0 end) as rejected_rows,
        sum(case when row_status = 'duplicate' then row_count else 0 end) as duplicate_rows,
        max(case when row_status = 'accepted' then newest_on end) as newest_on

    from counts

    group by
        table_name,
        connector

)

select
    cast(table_name as {{ dbt.type_string() }}) as table_name,
    cast(connector as {{ dbt.type_string() }}) as connector,
    cast(raw_rows as bigint) as raw_rows,
    cast(accepted_rows as bigint) as accepted_rows,
    cast(superseded_rows as bigint) as superseded_rows,
    cast(rejected_rows as bigint) as rejected_rows,
    cast(duplicate_rows as bigint) as duplicate_rows,
    cast(newest_on as date) as newest_on
from summed

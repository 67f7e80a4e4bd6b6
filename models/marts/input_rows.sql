-- One row per contract table and connector that feeds it: what became of its rows.

with

counted as (

    select * from {{ audited('int_input_rows') }}

),

score_dates as (

    select * from {{ audited('int_score_dates') }}

),

last_dates as (

    select max(score_date) as score_date from score_dates

)

select
    counted.table_name,
    counted.connector,
    counted.raw_rows,
    counted.accepted_rows,
    counted.superseded_rows,
    counted.rejected_rows,
    counted.duplicate_rows,
    counted.newest_on,
    last_dates.score_date
from counted
cross join last_dates

-- One row per delivered row that breaks the input contract.

with

rejected as (

    select * from {{ audited('int_rejected_rows') }}

),

score_dates as (

    select * from {{ audited('int_score_dates') }}

),

last_dates as (

    select max(score_date) as score_date from score_dates

)

select
    rejected.table_name,
    rejected.connector,
    rejected.row_key,
    rejected.account_id,
    rejected.reason,
    last_dates.score_date
from rejected
cross join last_dates

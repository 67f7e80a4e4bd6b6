-- One row per finding.

with

found as (

    select * from {{ audited('int_findings') }}

),

score_dates as (

    select * from {{ audited('int_score_dates') }}

),

last_dates as (

    select max(score_date) as score_date from score_dates

)

select
    found.finding,
    found.severity,
    found.subject,
    found.row_count,
    found.detail,
    found.remedy,
    last_dates.score_date
from found
cross join last_dates

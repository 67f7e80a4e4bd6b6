-- One row per newest score date of a run: under which alert rules it was judged.

with

published as (

    select * from {{ audited('int_published_dates') }}

),

versions as (

    select * from {{ audited('int_alert_rules_version') }}

),

newest as (

    select max(score_date) as score_date from published

)

select
    newest.score_date,
    versions.rules_version
from newest
cross join versions
where newest.score_date is not null

-- One row per score date: the configuration under which it was published. Outlives a rebuild.

with

dates as (

    select * from {{ audited('history_dates') }}

    where is_due = 1

),

score_dates as (

    select * from {{ audited('int_score_dates') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

),

last_complete as (

    select * from {{ audited('int_last_complete_day') }}

),

former_uses as (

    select * from {{ audited('int_former_uses') }}

)

select
    dates.score_date,
    dates.config_version,
    cast(case
        when former_uses.known_until < last_complete.score_date then former_uses.known_until
        else last_complete.score_date
    end as date) as known_until
from dates
inner join score_dates
    on dates.score_date = score_dates.score_date
inner join versions
    on dates.config_version = versions.config_version
cross join last_complete
left join former_uses
    on dates.score_date = former_uses.score_date
    and dates.config_version = former_uses.config_version

-- One row per score date of this run: the earlier day that its signals are compared with.

with

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

history_dates as (

    select * from {{ ref('history_dates') }}

),

versions as (

    select * from {{ ref('int_config_version') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

asked as (

    select
        score_dates.score_date,
        versions.config_version,
        {{ days_before('score_dates.score_date', 28) }} as latest_date

    from score_dates

    cross join versions

),

candidates as (

    select
        asked.score_date,
        history_dates.score_date as from_date,
        history_dates.config_version as from_config_version,
        row_number() over (
            partition by asked.score_date
            order by
                history_dates.score_date desc,
                case when history_dates.config_version = asked.config_version then 1 else 0 end desc,
                history_dates.is_due desc,
                history_dates.scored_at desc
        ) as candidate_number

    from asked

    cross join settings

    inner join history_dates
        on asked.latest_date >= history_dates.score_date
        and {{ days_before('asked.latest_date', 'settings.trend_tolerance_days') }} <= history_dates.score_date

    where history_dates.scoring_version = '{{ var("scoring_version") }}'

)

select
    asked.score_date,
    candidates.from_date,
    candidates.from_config_version
from asked
left join candidates
    on asked.score_date = candidates.score_date
    and candidates.candidate_number = 1

-- One row per account, scorecard, score date and configuration.

with

scores as (

    select * from {{ audited('history_scores') }}

),

published_dates as (

    select * from {{ audited('int_published_dates') }}

),

history_dates as (

    select * from {{ audited('history_dates') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

)

select
    scores.account_id,
    scores.scorecard,
    scores.score_date,
    scores.config_version,
    history_dates.scoring_version,
    cast(case when published_dates.score_date is null then 0 else 1 end as integer) as is_as_published,
    cast(case when versions.config_version is null then 0 else 1 end as integer) as is_current_config,
    scores.is_primary,
    scores.profile,
    scores.plan,
    scores.mrr,
    scores.score,
    scores.capped_score,
    scores.effective_score,
    scores.coverage,
    scores.band,
    scores.cap_name,
    scores.override_id
from scores
inner join history_dates
    on scores.score_date = history_dates.score_date
    and scores.config_version = history_dates.config_version
left join published_dates
    on scores.score_date = published_dates.score_date
    and scores.config_version = published_dates.config_version
left join versions
    on scores.config_version = versions.config_version

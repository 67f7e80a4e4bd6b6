-- One row per live account and published score date: its primary score, and where its stay began and ended.

with

published as (

    select * from {{ ref('int_published_dates') }}

),

scores as (

    select * from {{ ref('history_scores') }}

    where is_primary = 1

),

-- Snapshots may be days apart; the one before counts until the next.
numbered as (

    select
        score_date,
        config_version,
        scoring_version,
        row_number() over (order by score_date) as date_number,
        lag(config_version || ' ' || scoring_version) over (order by score_date) as former_versions,
        lead(score_date) over (order by score_date) as next_date

    from published

),

snapshots as (

    select
        scores.account_id,
        scores.scorecard,
        scores.score_date,
        scores.config_version,
        scores.profile,
        scores.effective_score,
        scores.coverage,
        scores.band,
        scores.cap_name,
        scores.override_id,
        scores.mrr,
        numbered.next_date,
        numbered.date_number - row_number() over (
            partition by scores.account_id
            order by scores.score_date
        ) as stay_number,
        case
            when numbered.config_version || ' ' || numbered.scoring_version <> numbered.former_versions then 1
            else 0
        end as is_reconfigured

    from scores

    inner join numbered
        on scores.score_date = numbered.score_date
        and scores.config_version = numbered.config_version

)

select
    account_id,
    scorecard,
    score_date,
    config_version,
    profile,
    effective_score,
    coverage,
    band,
    cap_name,
    override_id,
    mrr,
    cast(stay_number as bigint) as stay_number,
    cast(is_reconfigured as integer) as is_reconfigured,
    last_value(next_date) over (
        partition by
            account_id,
            stay_number
        order by score_date
        rows between unbounded preceding and unbounded following
    ) as left_on
from snapshots

-- One row per override that decided a published primary score: its first such day, and what it moved.

with

scores as (

    select * from {{ ref('history_scores') }}

),

published_dates as (

    select * from {{ ref('int_published_dates') }}

),

overrides as (

    select * from {{ ref('stg_score_overrides') }}

),

bands as (

    select * from {{ ref('int_configured_bands') }}

),

published as (

    select
        scores.account_id,
        scores.scorecard,
        scores.score_date,
        scores.config_version,
        scores.override_id,
        scores.capped_score,
        scores.effective_score,
        row_number() over (
            partition by
                scores.account_id,
                scores.override_id
            order by scores.score_date
        ) as day_number

    from scores

    inner join published_dates
        on scores.score_date = published_dates.score_date
        and scores.config_version = published_dates.config_version

    where
        scores.is_primary = 1
        and scores.override_id is not null

),

starts as (

    select
        published.account_id,
        published.override_id,
        published.score_date,
        published.config_version,
        published.scorecard,
        published.capped_score,
        published.effective_score,
        overrides.kind as override_kind,
        overrides.author

    from published

    inner join overrides
        on published.account_id = overrides.account_id
        and published.override_id = overrides.override_id
        and {{ known_by('overrides', 'published.score_date') }}

    where published.day_number = 1

),

banded as (

    select
        starts.account_id,
        starts.override_id,
        sum(
            case
                when bands.first_score is null or starts.capped_score >= bands.first_score then 1
                else 0
            end
        ) as band_rank_without,
        sum(
            case
                when bands.first_score is null or starts.effective_score >= bands.first_score then 1
                else 0
            end
        ) as band_rank_with

    from starts

    inner join bands
        on starts.config_version = bands.config_version
        and starts.scorecard = bands.scorecard

    group by
        starts.account_id,
        starts.override_id

)

select
    starts.account_id,
    starts.override_id,
    starts.score_date as judged_on,
    starts.author,
    cast(case
        when starts.override_kind <> 'set' then starts.override_kind
        when starts.effective_score > starts.capped_score then 'set up'
        when starts.effective_score < starts.capped_score then 'set down'
        else 'set'
    end as {{ dbt.type_string() }}) as kind,
    starts.capped_score,
    starts.effective_score,
    cast(case
        when starts.capped_score is null or starts.effective_score is null then 0
        when banded.band_rank_with > banded.band_rank_without then 1
        when banded.band_rank_with < banded.band_rank_without then -1
        else 0
    end as integer) as direction
from starts
inner join banded
    on starts.account_id = banded.account_id
    and starts.override_id = banded.override_id

-- One row per live account, score date and scorecard: score, band, action, and how far the next band is.

with

scores as (

    select * from {{ ref('int_effective_scores') }}

),

band_edges as (

    select * from {{ ref('int_band_edges') }}

),

scorecards as (

    select * from {{ ref('scorecards') }}

),

profiles as (

    select * from {{ ref('int_account_profiles') }}

),

reached as (

    select
        scores.account_id,
        scores.score_date,
        scores.scorecard,
        max(band_edges.band_rank) as band_rank

    from scores

    inner join band_edges
        on scores.scorecard = band_edges.scorecard
        and (band_edges.first_score is null or scores.effective_score >= band_edges.first_score)

    where scores.effective_score is not null

    group by
        scores.account_id,
        scores.score_date,
        scores.scorecard

)

select
    scores.account_id,
    scores.score_date,
    scores.scorecard,
    cast(scorecards.is_primary as integer) as is_primary,
    profiles.profile,
    scores.score,
    scores.capped_score,
    scores.effective_score,
    scores.score_low,
    scores.score_high,
    scores.coverage,
    scores.source_coverage,
    cast(coalesce(band_edges.band, 'insufficient_data') as {{ dbt.type_string() }}) as band,
    cast(coalesce(band_edges.colour, 'grey') as {{ dbt.type_string() }}) as colour,
    cast(
        coalesce(band_edges.action_plan, scorecards.insufficient_data_action) as {{ dbt.type_string() }}
    ) as action_plan,
    next_edges.band as next_band,
    cast(next_edges.first_score - scores.effective_score as numeric(28, 6)) as points_to_next_band,
    scores.cap_name,
    scores.cap_reason,
    scores.cap_signal,
    scores.cap_title,
    scores.cap_value,
    scores.cap_unit,
    scores.override_id,
    scores.override_kind,
    scores.override_value,
    scores.override_reason,
    scores.override_author,
    scores.override_expires_on,
    scores.is_set_without_score
from scores
inner join scorecards
    on scores.scorecard = scorecards.scorecard
inner join profiles
    on scores.account_id = profiles.account_id
    and scores.score_date = profiles.score_date
left join reached
    on scores.account_id = reached.account_id
    and scores.score_date = reached.score_date
    and scores.scorecard = reached.scorecard
left join band_edges
    on reached.scorecard = band_edges.scorecard
    and reached.band_rank = band_edges.band_rank
left join band_edges as next_edges
    on reached.scorecard = next_edges.scorecard
    and next_edges.band_rank = reached.band_rank + 1

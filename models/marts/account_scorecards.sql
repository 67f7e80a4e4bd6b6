-- One row per account and scorecard: every score of the newest score date.

with

scores as (

    select * from {{ audited('int_scores') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

),

last_dates as (

    select max(score_date) as score_date from scores

)

select
    scores.account_id,
    scores.scorecard,
    scores.score_date,
    scores.is_primary,
    scores.profile,
    scores.score,
    scores.capped_score,
    scores.effective_score,
    scores.score_low,
    scores.score_high,
    scores.coverage,
    scores.source_coverage,
    scores.band,
    scores.colour,
    scores.action_plan,
    scores.next_band,
    scores.points_to_next_band,
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
    scores.is_set_without_score,
    versions.config_version,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version
from scores
inner join last_dates
    on scores.score_date = last_dates.score_date
cross join versions

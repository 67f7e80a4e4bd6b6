-- One row per scorecard, segment and score date: the roll-up.

with

segments as (

    select * from {{ audited('int_segment_health') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

)

select
    segments.scorecard,
    segments.segment_type,
    segments.segment,
    segments.score_date,
    segments.account_count,
    segments.scored_account_count,
    segments.average_score,
    segments.revenue_weighted_score,
    segments.average_computed_score,
    segments.revenue_weighted_computed_score,
    segments.mrr,
    segments.unknown_mrr_count,
    segments.red_account_count,
    segments.red_mrr,
    versions.config_version,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version
from segments
cross join versions

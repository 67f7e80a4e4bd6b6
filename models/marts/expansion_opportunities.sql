-- One row per healthy account that shows a need for more: what to offer, and why.

with

opportunities as (

    select * from {{ audited('int_expansion_opportunities') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

)

select
    opportunities.account_id,
    opportunities.account_name,
    opportunities.csm,
    opportunities.plan,
    opportunities.mrr,
    opportunities.seats,
    opportunities.score_date,
    opportunities.scorecard,
    opportunities.profile,
    opportunities.effective_score,
    opportunities.band,
    opportunities.sign_count,
    opportunities.is_nearly_full,
    opportunities.is_growing,
    opportunities.is_asking,
    opportunities.evidence,
    opportunities.offer,
    opportunities.next_plan,
    opportunities.plan_step_mrr,
    opportunities.added_seats,
    opportunities.added_seats_mrr,
    opportunities.estimated_mrr,
    versions.config_version,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version
from opportunities
cross join versions

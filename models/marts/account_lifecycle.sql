-- One row per live account: the stage of its life, and the next step.

with

lifecycle as (

    select * from {{ audited('int_account_lifecycle') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

)

select
    lifecycle.account_id,
    lifecycle.account_name,
    lifecycle.csm,
    lifecycle.profile,
    lifecycle.stage,
    lifecycle.signed_up_on,
    lifecycle.account_age_days,
    lifecycle.score_date,
    lifecycle.scorecard,
    lifecycle.effective_score,
    lifecycle.band,
    lifecycle.done_step_count,
    lifecycle.step_count,
    lifecycle.done_steps,
    lifecycle.unknown_steps,
    lifecycle.next_step,
    lifecycle.next_action,
    lifecycle.is_next_step_late,
    versions.config_version,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version
from lifecycle
cross join versions

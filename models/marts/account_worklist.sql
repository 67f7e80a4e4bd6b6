-- One row per account to work on this week: as many per manager as the var worklist_size says.

with

worklist as (

    select * from {{ audited('int_worklist') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

)

select
    worklist.account_id,
    worklist.account_name,
    worklist.csm,
    worklist.rank_within_csm,
    worklist.rank_overall,
    worklist.priority,
    worklist.points_lost,
    worklist.mrr,
    worklist.is_median_mrr,
    worklist.renewal_factor,
    worklist.days_to_renewal,
    worklist.score_date,
    worklist.scorecard,
    worklist.profile,
    worklist.effective_score,
    worklist.band,
    worklist.reason,
    worklist.signal,
    worklist.title,
    worklist.unit,
    worklist.value,
    worklist.target_value,
    worklist.gain,
    worklist.score_if_moved,
    worklist.band_if_moved,
    worklist.play,
    versions.config_version,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version
from worklist
cross join versions
where worklist.rank_within_csm <= {{ var('worklist_size') | int }}

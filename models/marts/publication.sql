-- One row: which publication this is.

with

scores as (

    select * from {{ audited('int_scores') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

),

counted as (

    select
        max(score_date) as score_date,
        count(distinct account_id) as account_count,
        count(distinct case when effective_score is not null then account_id end) as scored_account_count

    from scores

)

select
    cast('{{ run_started_at.strftime("%Y%m%dT%H%M%S%fZ") }}' as {{ dbt.type_string() }}) as version,
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as {{ dbt.type_timestamp() }}) as built_at,
    cast(null as {{ dbt.type_timestamp() }}) as published_at,
    counted.score_date,
    cast(counted.account_count as bigint) as account_count,
    cast(counted.scored_account_count as bigint) as scored_account_count,
    versions.config_version,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version,
    cast('{{ vars_in_force() }}' as {{ dbt.type_string() }}) as vars_in_force,
    cast({{ 1 if var('is_synthetic') else 0 }} as integer) as is_synthetic
from counted
cross join versions

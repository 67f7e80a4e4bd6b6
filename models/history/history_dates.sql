-- One row per score date and configuration that was scored.

with

score_dates as (

    select * from {{ scored('int_score_dates') }}

),

scores as (

    select * from {{ scored('int_scores') }}

),

versions as (

    select * from {{ scored('int_config_version') }}

),

counted as (

    select
        score_date,
        count(distinct account_id) as account_count

    from scores

    group by score_date

)

select
    score_dates.score_date,
    versions.config_version,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version,
    cast(counted.account_count as bigint) as account_count,
    score_dates.is_due,
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as {{ dbt.type_timestamp() }}) as scored_at
from score_dates
cross join versions
inner join counted
    on score_dates.score_date = counted.score_date

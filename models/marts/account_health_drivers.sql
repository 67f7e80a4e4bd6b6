-- One row per account, scorecard and signal with weight in it: the reasons of the newest scores.

with

drivers as (

    select * from {{ audited('int_drivers') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

),

last_dates as (

    select max(score_date) as score_date from drivers

)

select
    drivers.account_id,
    drivers.scorecard,
    drivers.signal,
    drivers.title,
    drivers.dimension,
    drivers.score_date,
    drivers.value,
    drivers.unit,
    drivers.state,
    drivers.observed_on,
    drivers.missing_policy,
    drivers.is_imputed,
    drivers.points,
    drivers.applicable_weight,
    drivers.weight,
    drivers.contribution,
    drivers.points_lost,
    drivers.points_for_next_band,
    drivers.value_for_next_band,
    versions.config_version,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version
from drivers
inner join last_dates
    on drivers.score_date = last_dates.score_date
cross join versions

-- One row per configuration, scorecard, profile and signal that weighed there.

with

rules as (

    select * from {{ scored('int_scorecard_rules') }}

),

settings as (

    select * from {{ scored('int_settings') }}

),

versions as (

    select * from {{ scored('int_config_version') }}

)

select
    versions.config_version,
    rules.scorecard,
    rules.profile,
    rules.signal,
    rules.dimension,
    rules.is_relative,
    rules.method,
    rules.rule_profile,
    rules.weight,
    rules.dimension_weight,
    rules.rule,
    rules.points_per_unit,
    rules.neutral,
    rules.worst,
    rules.best,
    rules.missing_policy,
    rules.least_points,
    rules.greatest_points,
    cast(
        case when rules.method = 'sum' then 0 else settings.neutral_points end as numeric(28, 6)
    ) as neutral_points
from rules
cross join settings
cross join versions

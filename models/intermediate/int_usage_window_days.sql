-- One row per UTC day within four weeks up to a score date of this run: whether its people and visits are to be rolled up.

with

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

rolled_days as (

    select * from {{ ref('base_usage_rolled_days') }}

),

covered_days as (

    {{ left_behind('intermediate', 'int_usage_covered_days', {'event_date': 'date', 'rolled_in': dbt.type_string()}) }}

),

numbers as (

    {{ dbt.generate_series(28) }}

),

window_days as (

    select distinct {{ days_before('score_dates.score_date', 'numbers.generated_number - 1') }} as event_date

    from score_dates

    cross join numbers

),

versions as (

    select
        window_days.event_date,
        coalesce(rolled_days.rolled_in, 'nothing delivered') as rolled_in

    from window_days

    left join rolled_days
        on window_days.event_date = rolled_days.event_date

)

select
    versions.event_date,
    cast(versions.rolled_in as {{ dbt.type_string() }}) as rolled_in,
    cast(case when covered_days.rolled_in = versions.rolled_in then 0 else 1 end as integer) as is_due
from versions
left join covered_days
    on versions.event_date = covered_days.event_date

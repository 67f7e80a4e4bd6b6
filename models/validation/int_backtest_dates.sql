-- One row per configuration, scorecard and score date that is judged: the last date of each week.

with

history_dates as (

    select * from {{ ref('history_dates') }}

),

rules as (

    select * from {{ ref('history_rules') }}

),

cells as (

    select * from {{ ref('history_config_cells') }}

),

former_uses as (

    select * from {{ ref('int_former_uses') }}

),

versions as (

    select * from {{ ref('int_config_version') }}

),

backtest_until as (

    select * from {{ ref('int_backtest_until') }}

),

last_complete as (

    select * from {{ ref('int_last_complete_day') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

weekly as (

    select
        config_version,
        max(score_date) as score_date

    from history_dates

    group by
        config_version,
        {{ dbt.date_trunc('week', 'score_date') }}

),

scorecards as (

    select distinct
        config_version,
        scorecard

    from rules

),

uses as (

    select
        config_version,
        known_until

    from former_uses

    union all

    select
        versions.config_version,
        last_complete.score_date as known_until

    from versions

    cross join last_complete

),

first_uses as (

    select
        config_version,
        min(known_until) as in_use_since

    from uses

    group by config_version

),

calibrations as (

    select
        config_version,
        row_index,
        max(case when column_name = 'scorecard' then cell end) as scorecard,
        max(case when column_name = 'fitted_from' then cell end) as fitted_from,
        max(case when column_name = 'fitted_to' then cell end) as fitted_to

    from cells

    where seed = 'calibrations'

    group by
        config_version,
        row_index

),

seen as (

    select
        config_version,
        scorecard,
        min(cast(fitted_from as date)) as fitted_from,
        max(cast(fitted_to as date)) as fitted_to

    from calibrations

    group by
        config_version,
        scorecard

)

select
    weekly.config_version,
    scorecards.scorecard,
    weekly.score_date,
    cast(
        cast(extract(year from weekly.score_date) as integer)
        || '-Q' || cast(extract(quarter from weekly.score_date) as integer)
        as {{ dbt.type_string() }}
    ) as quarter,
    cast(case
        when weekly.score_date >= seen.fitted_from and weekly.score_date <= seen.fitted_to then 'in_sample'
        when weekly.score_date >= first_uses.in_use_since then 'prospective'
        else 'retrospective'
    end as {{ dbt.type_string() }}) as evidence,
    cast(
        {{ dbt.datediff('weekly.score_date', 'backtest_until.judged_until', 'day') }}
        - settings.reactivation_gap_days as integer
    ) as observed_days
from weekly
inner join scorecards
    on weekly.config_version = scorecards.config_version
cross join backtest_until
cross join settings
left join first_uses
    on weekly.config_version = first_uses.config_version
left join seen
    on scorecards.config_version = seen.config_version
    and scorecards.scorecard = seen.scorecard
where
    weekly.score_date > {{ days_before('backtest_until.judged_until', '7 * settings.backtest_weeks') }}
    and weekly.score_date <= backtest_until.judged_until

-- One row per pair of score dates that this run touches and that is compared.

with

history_dates as (

    select * from {{ ref('history_dates') }}

),

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

published as (

    select * from {{ ref('int_published_dates') }}

),

compared_with as (

    select
        'previous' as compared_with,
        1 as least_days

    union all

    select
        '7 days' as compared_with,
        7 as least_days

    union all

    select
        '28 days' as compared_with,
        28 as least_days

),

candidates as (

    select
        compared_with.compared_with,
        published.score_date,
        published.config_version,
        former.score_date as from_date,
        former.config_version as from_config_version,
        row_number() over (
            partition by
                compared_with.compared_with,
                published.score_date
            order by former.score_date desc
        ) as candidate_number

    from published

    cross join compared_with

    inner join published as former
        on former.score_date <= {{ days_before('published.score_date', 'compared_with.least_days') }}

),

pairs as (

    select
        compared_with,
        score_date,
        config_version,
        from_date,
        from_config_version

    from candidates

    where candidate_number = 1

),

touched as (

    select distinct
        pairs.compared_with,
        pairs.score_date,
        pairs.config_version,
        pairs.from_date,
        pairs.from_config_version

    from pairs

    inner join score_dates
        on score_dates.score_date in (pairs.score_date, pairs.from_date)

)

select
    cast(touched.compared_with as {{ dbt.type_string() }}) as compared_with,
    touched.score_date,
    touched.config_version,
    touched.from_date,
    touched.from_config_version,
    cast(case when history_dates.score_date is null then 0 else 1 end as integer) as is_split
from touched
left join history_dates
    on touched.score_date = history_dates.score_date
    and touched.from_config_version = history_dates.config_version

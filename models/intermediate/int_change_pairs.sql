-- One row per pair of score dates that is to be compared: touched by this run, or not in the ledger yet.

with

published as (

    select * from {{ ref('int_published_dates') }}

),

history_dates as (

    select * from {{ ref('history_dates') }}

),

compared as (

    select * from {{ ref('int_compared_pairs') }}

),

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

spans as (

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
        spans.compared_with,
        published.score_date,
        published.config_version,
        former.score_date as from_date,
        former.config_version as from_config_version,
        former.scoring_version as from_scoring_version,
        row_number() over (
            partition by
                spans.compared_with,
                published.score_date
            order by former.score_date desc
        ) as candidate_number

    from published

    cross join spans

    inner join published as former
        on former.score_date <= {{ days_before('published.score_date', 'spans.least_days') }}

),

pairs as (

    select
        candidates.compared_with,
        candidates.score_date,
        candidates.config_version,
        candidates.from_date,
        candidates.from_config_version,
        case when history_dates.score_date is null then 0 else 1 end as is_split

    from candidates

    left join history_dates
        on candidates.score_date = history_dates.score_date
        and candidates.from_config_version = history_dates.config_version
        and candidates.from_scoring_version = history_dates.scoring_version

    where candidates.candidate_number = 1

)

select distinct
    cast(pairs.compared_with as {{ dbt.type_string() }}) as compared_with,
    pairs.score_date,
    pairs.config_version,
    pairs.from_date,
    pairs.from_config_version,
    cast(pairs.is_split as integer) as is_split
from pairs
left join score_dates
    on score_dates.score_date in (pairs.score_date, pairs.from_date)
left join compared
    on pairs.compared_with = compared.compared_with
    and pairs.score_date = compared.score_date
    and pairs.config_version = compared.config_version
    and pairs.from_date = compared.from_date
    and pairs.from_config_version = compared.from_config_version
    and pairs.is_split = compared.is_split
where
    score_dates.score_date is not null
    or compared.score_date is null

-- One row per score date: the configuration under which it was published.

with

history_dates as (

    select * from {{ ref('history_dates') }}

),

ranked as (

    select
        score_date,
        config_version,
        scoring_version,
        scored_at,
        row_number() over (
            partition by score_date
            order by
                is_due desc,
                scored_at desc
        ) as publication_number

    from history_dates

)

select
    score_date,
    config_version,
    scoring_version,
    scored_at
from ranked
where publication_number = 1

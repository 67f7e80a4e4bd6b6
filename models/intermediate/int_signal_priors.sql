-- One row per score date, scorecard, profile and signal measured on enough accounts: its median points.

with

points as (

    select * from {{ ref('int_signal_points') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

medians as (

    select
        score_date,
        scorecard,
        profile,
        signal,
        count(*) as account_count,
        {{ percentile('points', 0.5) }} as median_points

    from points

    where points is not null

    group by
        score_date,
        scorecard,
        profile,
        signal

)

select
    medians.score_date,
    medians.scorecard,
    medians.profile,
    medians.signal,
    {{ rounded('medians.median_points') }} as prior_points
from medians
cross join settings
where medians.account_count >= settings.min_prior_accounts

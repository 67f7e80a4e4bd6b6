-- One row per configuration, scorecard, score date and account that is judged: the band it stood in.

with

backtest_dates as (

    select * from {{ ref('int_backtest_dates') }}

),

accounts as (

    select * from {{ ref('int_backtest_accounts') }}

),

scores as (

    select * from {{ ref('history_scores') }}

),

bands as (

    select * from {{ ref('int_configured_bands') }}

)

select
    scores.config_version,
    scores.scorecard,
    scores.score_date,
    scores.account_id,
    backtest_dates.evidence,
    backtest_dates.quarter,
    accounts.profile,
    accounts.mrr,
    scores.band,
    bands.band_rank,
    bands.colour,
    bands.is_worst,
    bands.is_healthiest,
    cast(case when bands.is_healthiest = 0 then 1 else 0 end as integer) as is_warned,
    accounts.observed_days,
    accounts.churned_on,
    accounts.days_to_churn,
    accounts.days_to_renewal
from scores
inner join backtest_dates
    on scores.config_version = backtest_dates.config_version
    and scores.scorecard = backtest_dates.scorecard
    and scores.score_date = backtest_dates.score_date
inner join accounts
    on scores.config_version = accounts.config_version
    and scores.score_date = accounts.score_date
    and scores.account_id = accounts.account_id
left join bands
    on scores.config_version = bands.config_version
    and scores.scorecard = bands.scorecard
    and scores.band = bands.band

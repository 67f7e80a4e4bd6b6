-- One row per account, scorecard, score date and configuration.
-- depends_on: {{ ref('stg_erasure_requests') }}

with

scores as (

    select * from {{ scored('int_scores') }}

),

accounts as (

    select * from {{ scored('int_account_dates') }}

),

versions as (

    select * from {{ scored('int_config_version') }}

)

select
    scores.account_id,
    scores.scorecard,
    scores.score_date,
    versions.config_version,
    scores.is_primary,
    scores.profile,
    accounts.plan,
    accounts.mrr,
    scores.score,
    scores.capped_score,
    scores.effective_score,
    scores.coverage,
    scores.band,
    scores.cap_name,
    scores.override_id
from scores
inner join accounts
    on scores.account_id = accounts.account_id
    and scores.score_date = accounts.score_date
cross join versions

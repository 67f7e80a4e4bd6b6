-- One row per compared pair of score dates, account, scorecard and part of the change.
-- depends_on: {{ ref('stg_erasure_requests') }}
-- depends_on: {{ ref('int_change_pairs') }}

with

parts as (

    select * from {{ ref('int_change_parts') }}

)

select
    compared_with,
    score_date,
    from_date,
    account_id,
    scorecard,
    config_version,
    from_config_version,
    profile_before,
    profile_after,
    plan_before,
    plan_after,
    score_before,
    score_after,
    status,
    part,
    signal,
    points,
    value_before,
    value_after,
    state_before,
    state_after
from parts

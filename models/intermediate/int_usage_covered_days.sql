-- One row per UTC day whose people and visits are rolled up.
-- depends_on: {{ ref('int_usage_user_days') }}, {{ ref('int_usage_feature_days') }}, {{ ref('int_usage_session_days') }}

with

window_days as (

    select * from {{ ref('int_usage_window_days') }}

)

select
    event_date,
    rolled_in
from window_days

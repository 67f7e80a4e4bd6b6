-- One row per account, score date, configuration and signal: what was measured.
-- depends_on: {{ ref('stg_erasure_requests') }}

with

states as (

    select * from {{ scored('int_signal_states') }}

),

versions as (

    select * from {{ scored('int_config_version') }}

)

select
    states.account_id,
    states.score_date,
    versions.config_version,
    states.signal,
    states.value,
    states.state
from states
cross join versions

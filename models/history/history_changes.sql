-- One row per compared pair of score dates, account, scorecard and part of the change.
-- depends_on: {{ ref('stg_erasure_requests') }}
-- depends_on: {{ ref('int_change_pairs') }}

with

parts as (

    select * from {{ ref('int_change_parts') }}

)

select * from parts

-- One row per account, scorecard, dimension, score date and configuration: what the dimension scored.
-- depends_on: {{ ref('stg_erasure_requests') }}

with

contributions as (

    select * from {{ scored('int_contributions') }}

),

versions as (

    select * from {{ scored('int_config_version') }}

),

totals as (

    select
        account_id,
        scorecard,
        dimension,
        score_date,
        max(method) as method,
        sum(configured_weight) as weight,
        sum({{ rounded_product('configured_weight', 'points') }}) as weighted_points

    from contributions

    where points is not null

    group by
        account_id,
        scorecard,
        dimension,
        score_date

)

select
    totals.account_id,
    totals.scorecard,
    totals.dimension,
    totals.score_date,
    versions.config_version,
    {{ rounded("case
        when totals.method = 'sum' then totals.weighted_points
        else " ~ ratio('totals.weighted_points', 'totals.weight') ~ "
    end") }} as score
from totals
cross join versions
where
    totals.method = 'sum'
    or totals.weight > 0

-- One row per scorecard and band: from which score it holds.

with

bands as (

    select * from {{ ref('health_bands') }}

)

select
    scorecard,
    band,
    colour,
    action_plan,
    cast(case
        when includes_lower = 1 then lower_bound
        else lower_bound + 0.000001
    end as numeric(28, 6)) as first_score,
    cast(row_number() over (
        partition by scorecard
        order by coalesce(lower_bound, -1e20)
    ) as integer) as band_rank
from bands

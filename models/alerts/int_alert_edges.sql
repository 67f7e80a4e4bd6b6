-- One row per configuration, scorecard and band: the least score above it.

with

cells as (

    select * from {{ ref('history_config_cells') }}

),

bands as (

    select
        config_version,
        row_index,
        max(case when column_name = 'scorecard' then cell end) as scorecard,
        max(case when column_name = 'band' then cell end) as band,
        max(case when column_name = 'lower_bound' then cast(cell as numeric(28, 6)) end) as lower_bound

    from cells

    where seed = 'health_bands'

    group by
        config_version,
        row_index

),

followed as (

    select
        config_version,
        scorecard,
        band,
        lower_bound,
        lead(lower_bound) over (
            partition by
                config_version,
                scorecard
            order by
                case when lower_bound is null then 0 else 1 end,
                lower_bound
        ) as edge

    from bands

)

select
    config_version,
    scorecard,
    band,
    cast(edge as numeric(28, 6)) as edge
from followed
where edge is not null

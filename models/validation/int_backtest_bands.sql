-- One row per configuration, scorecard and band: its place among the others.

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
        max(case when column_name = 'colour' then cell end) as colour,
        max(case when column_name = 'lower_bound' then cast(cell as numeric(28, 6)) end) as lower_bound

    from cells

    where seed = 'health_bands'

    group by
        config_version,
        row_index

),

ranked as (

    select
        config_version,
        scorecard,
        band,
        colour,
        row_number() over (
            partition by
                config_version,
                scorecard
            order by
                case when lower_bound is null then 0 else 1 end,
                lower_bound
        ) as band_rank,
        count(*) over (
            partition by
                config_version,
                scorecard
        ) as band_count

    from bands

)

select
    config_version,
    scorecard,
    band,
    colour,
    cast(band_rank as integer) as band_rank,
    cast(case when band_rank = 1 then 1 else 0 end as integer) as is_worst,
    cast(case when band_rank = band_count then 1 else 0 end as integer) as is_healthiest
from ranked

-- One row per configuration that was used, scorecard and band: from which score it held, and its place.

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
        max(case when column_name = 'lower_bound' then cast(cell as numeric(28, 6)) end) as lower_bound,
        max(case when column_name = 'includes_lower' then cast(cell as numeric(28, 6)) end) as includes_lower

    from cells

    where seed = 'health_bands'

    group by
        config_version,
        row_index

),

edged as (

    select
        config_version,
        scorecard,
        band,
        colour,
        case
            when includes_lower = 1 then lower_bound
            else lower_bound + 0.000001
        end as first_score

    from bands

),

ranked as (

    select
        config_version,
        scorecard,
        band,
        colour,
        first_score,
        row_number() over (
            partition by
                config_version,
                scorecard
            order by
                case when first_score is null then 0 else 1 end,
                first_score
        ) as band_rank,
        lead(first_score) over (
            partition by
                config_version,
                scorecard
            order by
                case when first_score is null then 0 else 1 end,
                first_score
        ) as next_first_score

    from edged

)

select
    config_version,
    scorecard,
    band,
    colour,
    cast(first_score as numeric(28, 6)) as first_score,
    cast(next_first_score as numeric(28, 6)) as next_first_score,
    cast(band_rank as integer) as band_rank,
    cast(case when band_rank = 1 then 1 else 0 end as integer) as is_worst,
    cast(case when next_first_score is null then 1 else 0 end as integer) as is_healthiest
from ranked

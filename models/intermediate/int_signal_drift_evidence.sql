-- One row per score date and signal: everything from which a cause is concluded.

with

quality as (

    select * from {{ ref('int_signal_quality') }}

),

days as (

    select * from {{ ref('int_signal_drift_days') }}

),

state_shares as (

    select * from {{ ref('int_signal_drift_states') }}

),

quartiles as (

    select * from {{ ref('int_signal_drift_quartiles') }}

),

indices as (

    select * from {{ ref('int_signal_drift_index') }}

),

signals as (

    select * from {{ ref('signals') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

-- Factors between quartiles are evidence only where enough accounts have values.
factors as (

    select
        quartiles.score_date,
        quartiles.signal,
        quartiles.former_median,
        quartiles.present_median,
        quartiles.median_ratio,
        least(
            quartiles.lower_quartile_ratio, quartiles.median_ratio, quartiles.upper_quartile_ratio
        ) as least_ratio,
        greatest(
            quartiles.lower_quartile_ratio, quartiles.median_ratio, quartiles.upper_quartile_ratio
        ) as greatest_ratio

    from quartiles

    cross join settings

    where
        quartiles.former_count >= settings.drift_min_accounts
        and quartiles.present_count >= settings.drift_min_accounts

)

select
    quality.score_date,
    quality.signal,
    days.from_date,
    quality.account_count,
    quality.newest_observed_on,
    cast({{ dbt.datediff('quality.newest_observed_on', 'quality.score_date', 'day') }} as integer) as age_days,
    signals.warn_after_days,
    cast(coalesce(signals.is_sum_of_rows, 0) as integer) as is_sum_of_rows,
    -- Countdowns, exchange rates and ranks among peers move though no account does anything.
    cast(
        case when signals.is_moved_from_outside = 1 or signals.is_relative = 1 then 0 else 1 end as integer
    ) as is_comparable,
    state_shares.is_fed,
    state_shares.was_fed,
    state_shares.stale_share,
    state_shares.missing_share,
    state_shares.former_stale_share,
    state_shares.former_missing_share,
    state_shares.missing_rate_jump,
    factors.former_median,
    factors.present_median,
    factors.median_ratio,
    factors.least_ratio,
    factors.greatest_ratio,
    indices.population_stability_index,
    indices.moved_share
from quality
inner join days
    on quality.score_date = days.score_date
inner join signals
    on quality.signal = signals.signal
inner join state_shares
    on quality.score_date = state_shares.score_date
    and quality.signal = state_shares.signal
left join factors
    on quality.score_date = factors.score_date
    and quality.signal = factors.signal
left join indices
    on quality.score_date = indices.score_date
    and quality.signal = indices.signal

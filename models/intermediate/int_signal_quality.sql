-- One row per score date and signal: how much of it there is, and how it is spread.

with

states as (

    select * from {{ ref('int_signal_states') }}

),

signals as (

    select * from {{ ref('signals') }}

),

counted as (

    select
        score_date,
        signal,
        count(*) as account_count,
        sum(case when state = 'measured' then 1 else 0 end) as measured_count,
        sum(case when state = 'stale' then 1 else 0 end) as stale_count,
        sum(case when state = 'missing' then 1 else 0 end) as missing_count,
        sum(case when state = 'not_applicable' then 1 else 0 end) as not_applicable_count,
        sum(is_ageing) as ageing_count,
        max(observed_on) as newest_observed_on,
        min(case when state = 'measured' then value end) as min_value,
        {{ percentile("case when state = 'measured' then value end", 0.25) }} as lower_quartile,
        {{ percentile("case when state = 'measured' then value end", 0.5) }} as median,
        {{ percentile("case when state = 'measured' then value end", 0.75) }} as upper_quartile,
        max(case when state = 'measured' then value end) as max_value

    from states

    group by
        score_date,
        signal

)

select
    counted.score_date,
    counted.signal,
    signals.dimension,
    signals.unit,
    cast(counted.account_count as bigint) as account_count,
    {{ rounded(ratio('counted.measured_count', 'counted.account_count')) }} as measured_share,
    {{ rounded(ratio('counted.stale_count', 'counted.account_count')) }} as stale_share,
    {{ rounded(ratio('counted.missing_count', 'counted.account_count')) }} as missing_share,
    {{ rounded(ratio('counted.not_applicable_count', 'counted.account_count')) }} as not_applicable_share,
    {{ rounded(ratio('counted.ageing_count', 'counted.account_count')) }} as ageing_share,
    counted.newest_observed_on,
    counted.min_value,
    {{ rounded('counted.lower_quartile') }} as lower_quartile,
    {{ rounded('counted.median') }} as median,
    {{ rounded('counted.upper_quartile') }} as upper_quartile,
    counted.max_value
from counted
inner join signals
    on counted.signal = signals.signal

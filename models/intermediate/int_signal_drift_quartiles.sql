-- One row per compared score date and signal: the quartiles of the values other than zero, then and now.

with

drift_values as (

    select * from {{ ref('int_signal_drift_values') }}

),

ranked as (

    select
        score_date,
        signal,
        is_present,
        value,
        account_count,
        sum(account_count) over (
            partition by
                score_date,
                signal,
                is_present
            order by value
            rows between unbounded preceding and current row
        ) as through_count,
        sum(account_count) over (
            partition by
                score_date,
                signal,
                is_present
        ) as total_count

    from drift_values

    where
        state = 'measured'
        and value <> 0

),

-- The least value up to which a quarter, half or three quarters of the accounts stand.
quartiles as (

    select
        score_date,
        signal,
        is_present,
        max(total_count) as account_count,
        min(case when 4 * through_count >= total_count then value end) as lower_quartile,
        min(case when 2 * through_count >= total_count then value end) as median,
        min(case when 4 * through_count >= 3 * total_count then value end) as upper_quartile

    from ranked

    group by
        score_date,
        signal,
        is_present

)

select
    present.score_date,
    present.signal,
    cast(former.account_count as bigint) as former_count,
    cast(present.account_count as bigint) as present_count,
    cast(former.median as numeric(28, 6)) as former_median,
    cast(present.median as numeric(28, 6)) as present_median,
    {{ rounded(ratio('present.lower_quartile', 'former.lower_quartile')) }} as lower_quartile_ratio,
    {{ rounded(ratio('present.median', 'former.median')) }} as median_ratio,
    {{ rounded(ratio('present.upper_quartile', 'former.upper_quartile')) }} as upper_quartile_ratio
from quartiles as present
inner join quartiles as former
    on present.score_date = former.score_date
    and present.signal = former.signal
where
    present.is_present = 1
    and former.is_present = 0

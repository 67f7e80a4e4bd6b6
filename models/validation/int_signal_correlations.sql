-- One row per pair of signals, both ways round: how alike they rank accounts.

with

ranks as (

    select * from {{ ref('int_signal_ranks') }}

),

-- Pairs are many times the ranks, and a number is compared and grouped much faster than a name.
numbered_signals as (

    select
        signal,
        row_number() over (order by signal) as signal_number

    from ranks

    group by signal

),

-- In the order of accounts, so that the ranks that are joined lie side by side in memory.
numbered_ranks as (

    select
        ranks.account_id,
        numbered_signals.signal_number,
        ranks.value_rank

    from ranks

    inner join numbered_signals
        on ranks.signal = numbered_signals.signal

    order by ranks.account_id

),

paired as (

    select
        ranks.signal_number,
        others.signal_number as other_number,
        count(*) as account_count,
        sum(ranks.value_rank) as sum_x,
        sum(others.value_rank) as sum_y,
        sum(ranks.value_rank * ranks.value_rank) as sum_xx,
        sum(others.value_rank * others.value_rank) as sum_yy,
        sum(ranks.value_rank * others.value_rank) as sum_xy

    from numbered_ranks as ranks

    inner join numbered_ranks as others
        on ranks.account_id = others.account_id
        and ranks.signal_number < others.signal_number

    group by
        ranks.signal_number,
        others.signal_number

),

spread as (

    select
        signal_number,
        other_number,
        account_count,
        account_count * sum_xy - sum_x * sum_y as covariance,
        account_count * sum_xx - sum_x * sum_x as variance_x,
        account_count * sum_yy - sum_y * sum_y as variance_y

    from paired

),

correlated as (

    select
        signal_number,
        other_number,
        cast(account_count as bigint) as account_count,
        {{ rounded("case
            when variance_x > 0 and variance_y > 0
                then " ~ ratio('covariance', 'sqrt(variance_x) * sqrt(variance_y)') ~ "
        end") }} as correlation

    from spread

),

both_ways as (

    select
        signal_number,
        other_number,
        account_count,
        correlation

    from correlated

    union all

    select
        other_number as signal_number,
        signal_number as other_number,
        account_count,
        correlation

    from correlated

)

select
    signals.signal,
    others.signal as other_signal,
    both_ways.account_count,
    both_ways.correlation
from both_ways
inner join numbered_signals as signals
    on both_ways.signal_number = signals.signal_number
inner join numbered_signals as others
    on both_ways.other_number = others.signal_number

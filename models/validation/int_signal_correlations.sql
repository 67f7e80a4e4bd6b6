-- One row per pair of signals, both ways round: how alike they rank accounts.

with

ranks as (

    select * from {{ ref('int_signal_ranks') }}

),

paired as (

    select
        ranks.signal,
        others.signal as other_signal,
        count(*) as account_count,
        sum(ranks.value_rank) as sum_x,
        sum(others.value_rank) as sum_y,
        sum(ranks.value_rank * ranks.value_rank) as sum_xx,
        sum(others.value_rank * others.value_rank) as sum_yy,
        sum(ranks.value_rank * others.value_rank) as sum_xy

    from ranks

    inner join ranks as others
        on ranks.account_id = others.account_id

    group by
        ranks.signal,
        others.signal

),

spread as (

    select
        signal,
        other_signal,
        account_count,
        account_count * sum_xy - sum_x * sum_y as covariance,
        account_count * sum_xx - sum_x * sum_x as variance_x,
        account_count * sum_yy - sum_y * sum_y as variance_y

    from paired

)

select
    signal,
    other_signal,
    cast(account_count as bigint) as account_count,
    {{ rounded("case
        when variance_x > 0 and variance_y > 0
            then " ~ ratio('covariance', 'sqrt(variance_x) * sqrt(variance_y)') ~ "
    end") }} as correlation
from spread
where signal <> other_signal

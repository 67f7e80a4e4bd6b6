-- One row per account and signal on the newest score date: its rank among the measured ones.

with

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

states as (

    select * from {{ ref('int_signal_states') }}

),

newest as (

    select max(score_date) as score_date

    from score_dates

    where is_due = 1

),

measured as (

    select
        states.account_id,
        states.signal,
        states.value

    from states

    inner join newest
        on states.score_date = newest.score_date

    where states.state = 'measured'

),

tied as (

    select
        signal,
        value,
        count(*) as account_count

    from measured

    group by
        signal,
        value

),

placed as (

    select
        signal,
        value,
        account_count,
        sum(account_count) over (
            partition by signal
            order by value
            rows between unbounded preceding and current row
        ) as last_place

    from tied

)

select
    measured.account_id,
    measured.signal,
    cast(placed.last_place - (placed.account_count - 1) / 2.0 as {{ type_double() }}) as value_rank
from measured
inner join placed
    on measured.signal = placed.signal
    and measured.value = placed.value

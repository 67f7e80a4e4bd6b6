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

)

select
    account_id,
    signal,
    cast(
        rank()
            over (
                partition by signal
                order by value
            )
        + (count(*) over (
            partition by
                signal,
                value
        ) - 1) / 2.0
        as {{ type_double() }}
    ) as value_rank
from measured

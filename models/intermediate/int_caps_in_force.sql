-- One row per live account, score date and scorecard that a hard fact caps: the lowest such cap.

with

states as (

    select * from {{ ref('int_signal_states') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

signals as (

    select * from {{ ref('signals') }}

),

hits as (

    select
        states.account_id,
        states.score_date,
        score_caps.scorecard,
        score_caps.cap_name,
        score_caps.cap,
        score_caps.reason as cap_reason,
        score_caps.signal as cap_signal,
        signals.title as cap_title,
        states.value as cap_value,
        signals.unit as cap_unit,
        row_number() over (
            partition by
                states.account_id,
                states.score_date,
                score_caps.scorecard
            order by
                score_caps.cap,
                score_caps.cap_name
        ) as cap_number

    from states

    inner join score_caps
        on states.signal = score_caps.signal

    inner join signals
        on score_caps.signal = signals.signal

    where
        states.state = 'measured'
        and {{ holds('states.value', 'score_caps') }}

)

select
    account_id,
    score_date,
    scorecard,
    cap_name,
    cap,
    cap_reason,
    cap_signal,
    cap_title,
    cap_value,
    cap_unit
from hits
where cap_number = 1

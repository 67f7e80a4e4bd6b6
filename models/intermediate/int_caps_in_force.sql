-- One row per live account, score date and scorecard that a hard fact caps: the lowest such cap.

with

states as (

    select * from {{ ref('int_signal_states') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

hits as (

    select
        states.account_id,
        states.score_date,
        score_caps.scorecard,
        score_caps.cap_name,
        score_caps.cap,
        score_caps.reason as cap_reason,
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

    where
        states.state = 'measured'
        and (
            (score_caps.comparison = '>=' and states.value >= score_caps.threshold)
            or (score_caps.comparison = '>' and states.value > score_caps.threshold)
            or (score_caps.comparison = '<=' and states.value <= score_caps.threshold)
            or (score_caps.comparison = '<' and states.value < score_caps.threshold)
            or (score_caps.comparison = '=' and states.value = score_caps.threshold)
        )

)

select
    account_id,
    score_date,
    scorecard,
    cap_name,
    cap,
    cap_reason
from hits
where cap_number = 1

-- One row per live account, score date and scorecard: the score after caps and overrides.

with

scores as (

    select * from {{ ref('int_computed_scores') }}

),

caps as (

    select * from {{ ref('int_caps_in_force') }}

),

overrides as (

    select * from {{ ref('int_overrides_in_force') }}

),

capped as (

    select
        scores.account_id,
        scores.score_date,
        scores.scorecard,
        scores.score,
        scores.score_low,
        scores.score_high,
        scores.coverage,
        scores.source_coverage,
        case when scores.score > caps.cap then caps.cap_name end as cap_name,
        case when scores.score > caps.cap then caps.cap_reason end as cap_reason,
        case when scores.score > caps.cap then caps.cap_signal end as cap_signal,
        case when scores.score > caps.cap then caps.cap_title end as cap_title,
        case when scores.score > caps.cap then caps.cap_value end as cap_value,
        case when scores.score > caps.cap then caps.cap_unit end as cap_unit,
        case when scores.score > caps.cap then caps.cap else scores.score end as capped_score

    from scores

    left join caps
        on scores.account_id = caps.account_id
        and scores.score_date = caps.score_date
        and scores.scorecard = caps.scorecard

)

select
    capped.account_id,
    capped.score_date,
    capped.scorecard,
    capped.score,
    capped.score_low,
    capped.score_high,
    capped.coverage,
    capped.source_coverage,
    capped.cap_name,
    capped.cap_reason,
    capped.cap_signal,
    capped.cap_title,
    capped.cap_value,
    capped.cap_unit,
    capped.capped_score,
    overrides.override_id,
    overrides.override_kind,
    overrides.override_value,
    overrides.override_reason,
    overrides.override_author,
    overrides.override_expires_on,
    cast(case
        when overrides.override_kind = 'set' and capped.score is null then 1
        else 0
    end as integer) as is_set_without_score,
    {{ rounded(overridden('capped.capped_score', 'overrides.override_kind', 'overrides.override_value')) }}
        as effective_score
from capped
left join overrides
    on capped.account_id = overrides.account_id
    and capped.score_date = overrides.score_date
    and capped.scorecard = overrides.scorecard

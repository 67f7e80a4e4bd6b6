-- One row per account and signal that could do better on the newest score date: the score that it would bring.

with

moves as (

    select * from {{ ref('int_signal_moves') }}

),

scores as (

    select * from {{ ref('int_scores') }}

),

states as (

    select * from {{ ref('int_signal_states') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

band_edges as (

    select * from {{ ref('int_band_edges') }}

),

-- Every cap is judged again, with the one signal moved.
caps as (

    select
        moves.account_id,
        moves.signal,
        min(score_caps.cap) as cap

    from moves

    inner join score_caps
        on moves.scorecard = score_caps.scorecard

    left join states
        on moves.account_id = states.account_id
        and moves.score_date = states.score_date
        and score_caps.signal = states.signal
        and states.state = 'measured'

    where
        (moves.signal = score_caps.signal and {{ holds('moves.target_value', 'score_caps') }})
        or (moves.signal <> score_caps.signal and {{ holds('states.value', 'score_caps') }})

    group by
        moves.account_id,
        moves.signal

),

recomputed as (

    select
        moves.account_id,
        moves.score_date,
        moves.scorecard,
        moves.signal,
        moves.value,
        moves.target_value,
        moves.target_points,
        scores.score,
        scores.capped_score,
        scores.effective_score,
        scores.override_kind,
        scores.override_value,
        caps.cap,
        scores.score - moves.contribution
        + coalesce({{ rounded_product('moves.weight', 'moves.target_points') }}, 0) as score_if_moved

    from moves

    inner join scores
        on moves.account_id = scores.account_id
        and moves.score_date = scores.score_date
        and moves.scorecard = scores.scorecard

    left join caps
        on moves.account_id = caps.account_id
        and moves.signal = caps.signal

),

capped as (

    select
        account_id,
        score_date,
        scorecard,
        signal,
        value,
        target_value,
        target_points,
        score,
        effective_score,
        override_kind,
        override_value,
        score_if_moved,
        case when score_if_moved > cap then cap else score_if_moved end as capped_score_if_moved

    from recomputed

),

effective as (

    select
        account_id,
        score_date,
        scorecard,
        signal,
        value,
        target_value,
        target_points,
        score,
        effective_score,
        score_if_moved,
        {{ rounded(overridden('capped_score_if_moved', 'override_kind', 'override_value')) }}
            as effective_score_if_moved

    from capped

),

ranked as (

    select
        account_id,
        score_date,
        scorecard,
        signal,
        value,
        target_value,
        target_points,
        effective_score,
        score_if_moved,
        effective_score_if_moved,
        row_number() over (
            partition by account_id
            order by
                effective_score_if_moved desc,
                score_if_moved desc,
                signal asc
        ) as move_rank

    from effective

),

band_ranges as (

    select
        scorecard,
        band,
        first_score,
        lead(first_score) over (
            partition by scorecard
            order by band_rank
        ) as next_score

    from band_edges

)

select
    ranked.account_id,
    ranked.score_date,
    ranked.scorecard,
    ranked.signal,
    ranked.value,
    ranked.target_value,
    ranked.target_points,
    cast(ranked.score_if_moved as numeric(28, 6)) as score_if_moved,
    ranked.effective_score_if_moved,
    cast(ranked.effective_score_if_moved - ranked.effective_score as numeric(28, 6)) as gain,
    band_ranges.band as band_if_moved,
    cast(ranked.move_rank as integer) as move_rank
from ranked
inner join band_ranges
    on ranked.scorecard = band_ranges.scorecard
    and (band_ranges.first_score is null or ranked.effective_score_if_moved >= band_ranges.first_score)
    and (band_ranges.next_score is null or ranked.effective_score_if_moved < band_ranges.next_score)

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

reached as (

    select
        effective.account_id,
        effective.signal,
        max(band_edges.band_rank) as band_rank

    from effective

    inner join band_edges
        on effective.scorecard = band_edges.scorecard
        and (
            band_edges.first_score is null
            or effective.effective_score_if_moved >= band_edges.first_score
        )

    group by
        effective.account_id,
        effective.signal

),

ranked as (

    select
        account_id,
        signal,
        row_number() over (
            partition by account_id
            order by
                effective_score_if_moved desc,
                score_if_moved desc,
                signal asc
        ) as move_rank

    from effective

)

select
    effective.account_id,
    effective.score_date,
    effective.scorecard,
    effective.signal,
    effective.value,
    effective.target_value,
    effective.target_points,
    cast(effective.score_if_moved as numeric(28, 6)) as score_if_moved,
    effective.effective_score_if_moved,
    cast(effective.effective_score_if_moved - effective.effective_score as numeric(28, 6)) as gain,
    band_edges.band as band_if_moved,
    cast(ranked.move_rank as integer) as move_rank
from effective
inner join reached
    on effective.account_id = reached.account_id
    and effective.signal = reached.signal
inner join band_edges
    on effective.scorecard = band_edges.scorecard
    and reached.band_rank = band_edges.band_rank
inner join ranked
    on effective.account_id = ranked.account_id
    and effective.signal = ranked.signal

-- One row per ranked account of the worklist: why it is on it, what to move, and what that would bring.

with

accounts as (

    select * from {{ ref('int_worklist_accounts') }}

),

drivers as (

    select * from {{ ref('int_drivers') }}

),

moves as (

    select * from {{ ref('int_score_moves') }}

),

signals as (

    select * from {{ ref('signals') }}

),

plays as (

    select * from {{ ref('playbook') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

states as (

    select * from {{ ref('int_signal_states') }}

),

losses as (

    select
        accounts.account_id,
        drivers.signal as cause,
        drivers.points_lost,
        drivers.title || ': '
        || case
            when drivers.is_imputed = 1 then 'not measured, so it is assumed'
            else {{ in_words('drivers.value', 'drivers.unit') }}
        end || ', costs ' || {{ as_number('drivers.points_lost', 1) }} || ' points' as reason

    from accounts

    inner join drivers
        on accounts.account_id = drivers.account_id
        and accounts.score_date = drivers.score_date
        and accounts.scorecard = drivers.scorecard

    where drivers.points_lost > 0

    union all

    select
        accounts.account_id,
        ' cap' as cause,
        accounts.score - accounts.capped_score as points_lost,
        'Capped at ' || {{ as_number('accounts.capped_score', 0) }} || ': ' || signals.title || ': '
        || {{ in_words('states.value', 'signals.unit') }} as reason

    from accounts

    inner join score_caps
        on accounts.scorecard = score_caps.scorecard
        and accounts.cap_name = score_caps.cap_name

    inner join signals
        on score_caps.signal = signals.signal

    inner join states
        on accounts.account_id = states.account_id
        and accounts.score_date = states.score_date
        and score_caps.signal = states.signal

    union all

    select
        account_id,
        ' override' as cause,
        coalesce(capped_score, 100) - effective_score as points_lost,
        'Put at ' || {{ as_number('effective_score', 0) }} || ' by ' || override_author
        || ': ' || override_reason as reason

    from accounts

    where
        effective_score < capped_score
        or (capped_score is null and effective_score is not null)

),

ranked_losses as (

    select
        account_id,
        reason,
        row_number() over (
            partition by account_id
            order by
                points_lost desc,
                cause asc
        ) as loss_rank

    from losses

),

-- What nobody can move within weeks is no advice, however much it would gain.
ranked_moves as (

    select
        moves.account_id,
        moves.signal,
        signals.title,
        signals.unit,
        moves.value,
        moves.target_value,
        moves.gain,
        moves.effective_score_if_moved,
        moves.band_if_moved,
        plays.play,
        row_number() over (
            partition by moves.account_id
            order by moves.move_rank
        ) as advice_rank

    from moves

    inner join accounts
        on moves.account_id = accounts.account_id

    inner join signals
        on moves.signal = signals.signal

    left join plays
        on moves.signal = plays.signal

    where
        coalesce(plays.can_move, 1) = 1
        and (moves.gain > 0 or moves.score_if_moved > accounts.score)

),

best_moves as (

    select
        account_id,
        signal,
        title,
        unit,
        value,
        target_value,
        gain,
        effective_score_if_moved,
        band_if_moved,
        play

    from ranked_moves

    where advice_rank = 1

)

select
    accounts.account_id,
    accounts.score_date,
    accounts.scorecard,
    accounts.profile,
    accounts.account_name,
    accounts.csm,
    accounts.rank_within_csm,
    accounts.rank_overall,
    accounts.priority,
    accounts.points_lost,
    accounts.mrr,
    accounts.is_median_mrr,
    accounts.renewal_factor,
    accounts.days_to_renewal,
    accounts.effective_score,
    accounts.band,
    cast(case
        when accounts.effective_score is not null then coalesce(ranked_losses.reason, 'nothing is lost')
        when accounts.coverage is null then 'unknown: find out'
        else 'unknown: find out; ' || {{ as_percent('accounts.coverage') }} || ' of the weight is measured'
    end as {{ dbt.type_string() }}) as reason,
    best_moves.signal,
    best_moves.title,
    best_moves.unit,
    best_moves.value,
    best_moves.target_value,
    best_moves.gain,
    best_moves.effective_score_if_moved as score_if_moved,
    best_moves.band_if_moved,
    cast(coalesce(best_moves.play, accounts.action_plan) as {{ dbt.type_string() }}) as play
from accounts
left join ranked_losses
    on accounts.account_id = ranked_losses.account_id
    and ranked_losses.loss_rank = 1
left join best_moves
    on accounts.account_id = best_moves.account_id

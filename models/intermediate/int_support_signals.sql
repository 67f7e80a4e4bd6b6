-- One row per live account, score date and support signal.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

tickets as (

    select * from {{ ref('int_ticket_dates') }}

),

streaks as (

    select * from {{ ref('int_ticket_streaks') }}

),

window_tickets as (

    select
        account_id,
        score_date,
        is_open,
        is_reopened,
        severity,
        ticket_type,
        contact_count,
        opened_at,
        first_responded_at,
        resolved_at,
        case
            when opened_on > {{ days_before('score_date', 90) }} then 1
            else 0
        end as is_opened_in_window,
        case
            when cast(first_responded_at as date) > {{ days_before('score_date', 90) }} then 1
            else 0
        end as is_answered_in_window,
        case
            when is_open = 0 and cast(resolved_at as date) > {{ days_before('score_date', 90) }} then 1
            else 0
        end as is_resolved_in_window

    from tickets

),

counts as (

    select
        account_id,
        score_date,
        sum(is_open) as open_tickets,
        sum(is_opened_in_window * is_open) as unresolved_tickets,
        sum(is_opened_in_window) as tickets_opened_90d,
        sum(is_resolved_in_window) as resolved_tickets_90d,
        sum(case when is_opened_in_window = 1 and severity in ('high', 'critical') then 1 else 0 end) as severe_tickets_90d,
        sum(case when is_opened_in_window = 1 and ticket_type = 'question' then 1 else 0 end) as questions,
        sum(case when is_opened_in_window = 1 and ticket_type is not null then 1 else 0 end) as typed_tickets,
        sum(is_answered_in_window) as answered_tickets,
        sum(case when is_answered_in_window = 1 then {{ microseconds_between('opened_at', 'first_responded_at') }} end) as answer_microseconds,
        sum(case when is_resolved_in_window = 1 then {{ microseconds_between('opened_at', 'resolved_at') }} end) as resolution_microseconds,
        sum(case when is_resolved_in_window = 1 and contact_count is not null then 1 else 0 end) as counted_tickets,
        sum(case when is_resolved_in_window = 1 and contact_count = 1 and is_reopened = 0 then 1 else 0 end) as first_contact_tickets

    from window_tickets

    group by
        account_id,
        score_date

),

measured as (

    select
        accounts.account_id,
        accounts.score_date,
        coalesce(counts.open_tickets, 0) as open_tickets,
        coalesce(counts.unresolved_tickets, 0) as unresolved_tickets,
        coalesce(counts.tickets_opened_90d, 0) as tickets_opened_90d,
        coalesce(counts.resolved_tickets_90d, 0) as resolved_tickets_90d,
        {{ ratio('counts.answer_microseconds', '3600000000 * counts.answered_tickets') }} as first_response_hours_90d,
        {{ ratio('counts.resolution_microseconds', '3600000000 * counts.resolved_tickets_90d') }} as resolution_hours_90d,
        {{ ratio('counts.first_contact_tickets', 'counts.counted_tickets') }} as first_contact_resolution_rate_90d,
        coalesce(counts.severe_tickets_90d, 0) as severe_tickets_90d,
        coalesce(streaks.ticket_streak_days, 0) as ticket_streak_days,
        {{ ratio('counts.questions', 'counts.typed_tickets') }} as question_share_90d

    from accounts

    left join counts
        on
            accounts.account_id = counts.account_id
            and accounts.score_date = counts.score_date

    left join streaks
        on
            accounts.account_id = streaks.account_id
            and accounts.score_date = streaks.score_date

),

signals as (

    {{ signal_rows('measured', [
        'open_tickets',
        'unresolved_tickets',
        'tickets_opened_90d',
        'resolved_tickets_90d',
        'first_response_hours_90d',
        'resolution_hours_90d',
        'first_contact_resolution_rate_90d',
        'severe_tickets_90d',
        'ticket_streak_days',
        'question_share_90d',
    ]) }}

)

select * from signals

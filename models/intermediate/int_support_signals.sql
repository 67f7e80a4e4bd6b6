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
        case when opened_on > {{ days_before('score_date', 90) }} then 1 else 0 end as is_opened,
        case
            when cast(first_responded_at as date) > {{ days_before('score_date', 90) }}
                then {{ microseconds_between('opened_at', 'first_responded_at') }}
        end as answer_time,
        case
            when is_open = 0 and cast(resolved_at as date) > {{ days_before('score_date', 90) }}
                then {{ microseconds_between('opened_at', 'resolved_at') }}
        end as resolution_time,
        case
            when is_open = 1 and severity = 'critical'
                then {{ dbt.datediff('coalesce(reopened_at, opened_at)', 'score_date', 'day') }}
        end as critical_days

    from tickets

),

counts as (

    select
        account_id,
        score_date,
        sum(is_open) as open_tickets,
        sum(is_opened * is_open) as unresolved_tickets,
        sum(is_opened) as tickets_opened_90d,
        count(resolution_time) as resolved_tickets_90d,
        sum(case when severity in ('high', 'critical') then is_opened else 0 end) as severe_tickets_90d,
        sum(case when ticket_type = 'question' then is_opened else 0 end) as questions,
        sum(case when ticket_type is not null then is_opened else 0 end) as typed_tickets,
        count(answer_time) as answered_tickets,
        sum(answer_time) as answer_time,
        sum(resolution_time) as resolution_time,
        max(critical_days) as critical_ticket_open_days,
        count(case when resolution_time is not null then contact_count end) as counted_tickets,
        sum(
            case
                when resolution_time is not null and contact_count = 1 and is_reopened = 0 then 1
                else 0
            end
        ) as first_contact_tickets

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
        {{ ratio('counts.answer_time', '3600000000 * counts.answered_tickets') }} as first_response_hours_90d,
        {{ ratio('counts.resolution_time', '3600000000 * counts.resolved_tickets_90d') }} as resolution_hours_90d,
        {{ ratio('counts.first_contact_tickets', 'counts.counted_tickets') }} as first_contact_resolution_rate_90d,
        coalesce(counts.severe_tickets_90d, 0) as severe_tickets_90d,
        coalesce(streaks.ticket_streak_days, 0) as ticket_streak_days,
        coalesce(counts.critical_ticket_open_days, 0) as critical_ticket_open_days,
        {{ ratio('counts.questions', 'counts.typed_tickets') }} as question_share_90d

    from accounts

    left join counts
        on accounts.account_id = counts.account_id
        and accounts.score_date = counts.score_date

    left join streaks
        on accounts.account_id = streaks.account_id
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
        'critical_ticket_open_days',
        'question_share_90d',
    ]) }}

)

select * from signals

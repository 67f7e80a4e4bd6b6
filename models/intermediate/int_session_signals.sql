-- One row per live account, score date and signal of how a visit goes.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

session_days as (

    select * from {{ ref('int_usage_session_days') }}

),

usage_windows as (

    select * from {{ ref('int_usage_windows') }}

),

sessions as (

    select
        accounts.account_id,
        accounts.score_date,
        session_days.session_id,
        sum(session_days.duration_seconds) as duration_seconds

    from accounts

    inner join session_days
        on accounts.account_id = session_days.account_id
        and accounts.score_date >= session_days.event_date
        and accounts.score_date >= session_days.known_on
        and session_days.event_date > {{ days_before('accounts.score_date', 28) }}

    group by
        accounts.account_id,
        accounts.score_date,
        session_days.session_id

),

totals as (

    select
        account_id,
        score_date,
        count(*) as session_count,
        count(duration_seconds) as timed_session_count,
        sum(duration_seconds) as duration_seconds

    from sessions

    group by
        account_id,
        score_date

),

measured as (

    select
        accounts.account_id,
        accounts.score_date,
        {{ ratio('totals.session_count', 'usage_windows.active_days_28d') }} as sessions_per_active_day_28d,
        {{ ratio('totals.duration_seconds', '60 * totals.timed_session_count') }} as avg_session_minutes_28d

    from accounts

    inner join usage_windows
        on accounts.account_id = usage_windows.account_id
        and accounts.score_date = usage_windows.score_date

    left join totals
        on accounts.account_id = totals.account_id
        and accounts.score_date = totals.score_date

),

signals as (

    {{ signal_rows('measured', [
        'sessions_per_active_day_28d',
        'avg_session_minutes_28d',
    ]) }}

)

select * from signals

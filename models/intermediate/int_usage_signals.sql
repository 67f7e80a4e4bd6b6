-- One row per live account, score date and signal of how much the product is used.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

windows as (

    select * from {{ ref('int_usage_windows') }}

),

peers as (

    select * from {{ ref('int_usage_peers') }}

),

measured as (

    select
        windows.account_id,
        windows.score_date,
        windows.active_days_28d,
        windows.active_weeks_12w,
        windows.logins_28d,
        {{ dbt.datediff(
            'coalesce(windows.last_used_on, accounts.signed_up_on)',
            'windows.score_date',
            'day',
        ) }} as days_since_last_use,
        case
            when accounts.account_age_days >= 112
                then {{ ratio('3 * windows.events_28d', 'windows.events_84d_before') }}
        end as usage_trend,
        peers.usage_peer_percentile

    from windows

    inner join accounts
        on windows.account_id = accounts.account_id
        and windows.score_date = accounts.score_date

    inner join peers
        on windows.account_id = peers.account_id
        and windows.score_date = peers.score_date

),

signals as (

    {{ signal_rows('measured', [
        'active_days_28d',
        'active_weeks_12w',
        'logins_28d',
        'days_since_last_use',
        'usage_trend',
        'usage_peer_percentile',
    ]) }}

)

select * from signals

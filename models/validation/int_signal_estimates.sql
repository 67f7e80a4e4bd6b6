-- One row per signal, horizon and lead: how well it tells by itself who leaves.

with

accounts as (

    select * from {{ ref('int_backtest_accounts') }}

),

backtest_dates as (

    select * from {{ ref('int_backtest_dates') }}

),

published_dates as (

    select * from {{ ref('int_published_dates') }}

),

history_signals as (

    select * from {{ ref('history_signals') }}

),

signals as (

    select * from {{ ref('signals') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

dates as (

    select distinct
        backtest_dates.config_version,
        backtest_dates.score_date

    from backtest_dates

    inner join published_dates
        on backtest_dates.config_version = published_dates.config_version
        and backtest_dates.score_date = published_dates.score_date

),

signal_values as (

    select
        history_signals.config_version,
        history_signals.score_date,
        history_signals.account_id,
        history_signals.signal,
        case when signals.better = 'less' then -history_signals.value else history_signals.value end as value

    from history_signals

    inner join dates
        on history_signals.config_version = dates.config_version
        and history_signals.score_date = dates.score_date

    inner join signals
        on history_signals.signal = signals.signal

    where history_signals.state = 'measured'

    union all

    select
        accounts.config_version,
        accounts.score_date,
        accounts.account_id,
        cast('*' as {{ dbt.type_string() }}) as signal,
        0 as value

    from accounts

    inner join dates
        on accounts.config_version = dates.config_version
        and accounts.score_date = dates.score_date

),

pools as (

    select
        dates.score_date,
        signals.signal

    from dates

    cross join signals

    union all

    select
        score_date,
        cast('*' as {{ dbt.type_string() }}) as signal

    from dates

),

{{ backtest_sums(
    'signal_values',
    'pools',
    'accounts',
    match=['signal'],
    keys=['signal'],
    contrasts=backtest_contrasts(),
) }},

{{ backtest_estimates('summed', 'settings') }}

select
    signal,
    horizon_days,
    lead_days,
    churned_rows,
    kept_rows,
    churned_accounts,
    kept_accounts,
    {{ rounded('auc') }} as auc,
    {{ rounded('auc_low') }} as auc_low,
    {{ rounded('auc_high') }} as auc_high
from estimated

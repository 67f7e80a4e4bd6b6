-- One row: the share of all paying accounts that left within the horizon of judgements.

with

backtest_accounts as (

    select * from {{ ref('int_backtest_accounts') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

-- A day that was scored under several configurations counts once.
base_accounts as (

    select
        backtest_accounts.score_date,
        backtest_accounts.account_id,
        max(case when backtest_accounts.days_to_churn <= settings.judgement_horizon_days then 1 else 0 end)
            as is_left

    from backtest_accounts

    cross join settings

    where backtest_accounts.observed_days >= settings.judgement_horizon_days

    group by
        backtest_accounts.score_date,
        backtest_accounts.account_id

)

select cast({{ ratio('sum(is_left)', 'count(*)') }} as numeric(28, 6)) as base_rate
from base_accounts

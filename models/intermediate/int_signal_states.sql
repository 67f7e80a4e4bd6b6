-- One row per live account, score date and signal: the grid, measured or not.

with

accounts as (

    select * from {{ ref('int_account_profiles') }}

),

signal_dates as (

    select * from {{ ref('int_signal_dates') }}

),

signal_values as (

    select * from {{ ref('int_signal_values') }}

),

gridded as (

    select
        accounts.account_id,
        accounts.score_date,
        accounts.profile,
        signal_dates.signal,
        signal_dates.dimension,
        signal_dates.is_fed,
        signal_dates.warn_after_days,
        signal_dates.expire_after_days,
        case when signal_dates.is_fed = 1 then signal_values.value end as value,
        case
            when signal_dates.is_fed = 0 then null
            when signal_dates.freshness = 'own' then signal_values.observed_on
            else coalesce(signal_values.observed_on, signal_dates.complete_on)
        end as observed_on

    from accounts

    inner join signal_dates
        on accounts.score_date = signal_dates.score_date

    left join signal_values
        on accounts.account_id = signal_values.account_id
        and accounts.score_date = signal_values.score_date
        and signal_dates.signal = signal_values.signal

),

aged as (

    select
        account_id,
        score_date,
        profile,
        signal,
        dimension,
        is_fed,
        warn_after_days,
        expire_after_days,
        value,
        observed_on,
        {{ dbt.datediff('observed_on', 'score_date', 'day') }} as age_days

    from gridded

)

select
    account_id,
    score_date,
    profile,
    signal,
    dimension,
    value,
    observed_on,
    cast(case
        when is_fed = 0 then 'not_applicable'
        when value is null then 'missing'
        when age_days > expire_after_days then 'stale'
        else 'measured'
    end as {{ dbt.type_string() }}) as state,
    cast(case when value is not null and age_days > warn_after_days then 1 else 0 end as integer) as is_ageing
from aged

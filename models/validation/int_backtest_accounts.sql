-- One row per configuration, score date and account that paid on it: what became of it.

with

backtest_dates as (

    select * from {{ ref('int_backtest_dates') }}

),

scores as (

    select * from {{ ref('history_scores') }}

),

signals as (

    select * from {{ ref('history_signals') }}

),

paid_periods as (

    select * from {{ ref('int_paid_periods') }}

),

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

churns as (

    select * from {{ ref('int_churns') }}

),

churn_events as (

    select * from {{ ref('stg_churn_events') }}

),

dates as (

    select distinct
        config_version,
        score_date,
        observed_days

    from backtest_dates

),

fed as (

    select count(*) as period_count from paid_periods

),

tenures as (

    select
        accounts.account_id,
        min(coalesce(subscriptions.happened_on, accounts.happened_on)) as began_on

    from accounts

    left join subscriptions
        on accounts.account_id = subscriptions.account_id
        and subscriptions.superseded_on is null
        and coalesce(subscriptions.is_addon, 0) = 0

    where accounts.superseded_on is null

    group by accounts.account_id

),

last_events as (

    select
        scores.config_version,
        scores.score_date,
        scores.account_id,
        max(case when coalesce(churn_events.is_reactivation, 0) = 0 then churn_events.happened_on end)
            as left_on,
        max(case when churn_events.is_reactivation = 1 then churn_events.happened_on end) as returned_on

    from scores

    inner join dates
        on scores.config_version = dates.config_version
        and scores.score_date = dates.score_date

    inner join churn_events
        on scores.account_id = churn_events.account_id
        and scores.score_date >= churn_events.happened_on

    where scores.is_primary = 1

    group by
        scores.config_version,
        scores.score_date,
        scores.account_id

),

population as (

    select
        scores.config_version,
        scores.score_date,
        scores.account_id,
        scores.profile,
        scores.plan,
        scores.mrr,
        dates.observed_days

    from scores

    inner join dates
        on scores.config_version = dates.config_version
        and scores.score_date = dates.score_date

    cross join fed

    left join paid_periods
        on scores.account_id = paid_periods.account_id
        and scores.score_date >= paid_periods.first_date
        and scores.score_date < paid_periods.next_date

    left join last_events
        on scores.config_version = last_events.config_version
        and scores.score_date = last_events.score_date
        and scores.account_id = last_events.account_id

    -- Where no subscription is fed, whoever has not left by an event is a customer.
    where
        scores.is_primary = 1
        and (
            paid_periods.account_id is not null
            or (
                fed.period_count = 0
                and (
                    last_events.left_on is null
                    or last_events.returned_on > last_events.left_on
                )
            )
        )

),

departures as (

    select
        population.config_version,
        population.score_date,
        population.account_id,
        min(churns.churned_on) as churned_on

    from population

    inner join churns
        on population.account_id = churns.account_id
        and population.score_date < churns.churned_on

    where {{ dbt.datediff('population.score_date', 'churns.churned_on', 'day') }} <= population.observed_days

    group by
        population.config_version,
        population.score_date,
        population.account_id

),

measured as (

    select
        signals.config_version,
        signals.score_date,
        signals.account_id,
        max(case when signals.signal = 'days_to_renewal' then signals.value end) as days_to_renewal,
        max(case when signals.signal = 'days_since_last_use' then signals.value end) as idle_days

    from signals

    inner join dates
        on signals.config_version = dates.config_version
        and signals.score_date = dates.score_date

    where
        signals.signal in ('days_to_renewal', 'days_since_last_use')
        and signals.state = 'measured'

    group by
        signals.config_version,
        signals.score_date,
        signals.account_id

)

select
    population.config_version,
    population.score_date,
    population.account_id,
    population.profile,
    population.plan,
    population.mrr,
    population.observed_days,
    departures.churned_on,
    cast({{ dbt.datediff('population.score_date', 'departures.churned_on', 'day') }} as integer) as days_to_churn,
    cast(measured.days_to_renewal as integer) as days_to_renewal,
    cast(measured.idle_days as integer) as idle_days,
    cast({{ dbt.datediff('tenures.began_on', 'population.score_date', 'day') }} as integer) as tenure_days
from population
inner join tenures
    on population.account_id = tenures.account_id
left join departures
    on population.config_version = departures.config_version
    and population.score_date = departures.score_date
    and population.account_id = departures.account_id
left join measured
    on population.config_version = measured.config_version
    and population.score_date = measured.score_date
    and population.account_id = measured.account_id

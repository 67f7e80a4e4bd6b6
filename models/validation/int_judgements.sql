-- One row per override, pulse or alert: what became of the account that it is about.

with

override_starts as (

    select * from {{ ref('int_override_starts') }}

),

csm_pulses as (

    select * from {{ ref('stg_csm_pulses') }}

),

alerts as (

    select * from {{ ref('int_alerts') }}

    where account_id is not null

),

paid_periods as (

    select * from {{ ref('int_paid_periods') }}

),

churns as (

    select * from {{ ref('int_churns') }}

),

churn_events as (

    select * from {{ ref('stg_churn_events') }}

),

backtest_until as (

    select * from {{ ref('int_backtest_until') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

-- A pulse that came late is judged from the day on which somebody could read it.
judged_pulses as (

    select
        account_id,
        pulse_id,
        csm,
        case when known_on > happened_on then known_on else happened_on end as judged_on,
        'pulse ' || cast(cast(floor(pulse + 0.5) as integer) as {{ dbt.type_string() }}) as kind,
        row_number() over (
            partition by
                account_id,
                pulse_id
            order by
                recorded_at desc,
                pulse desc,
                coalesce(csm, '')
        ) as copy_number

    from csm_pulses

),

judgements as (

    select
        'override' as judgement,
        override_id as judgement_id,
        account_id,
        author as person,
        kind,
        direction,
        judged_on

    from override_starts

    union all

    select
        'pulse' as judgement,
        pulse_id as judgement_id,
        account_id,
        csm as person,
        kind,
        0 as direction,
        judged_on

    from judged_pulses

    where copy_number = 1

    union all

    select
        'alert' as judgement,
        alert_id as judgement_id,
        account_id,
        csm as person,
        rule as kind,
        0 as direction,
        opened_on as judged_on

    from alerts

),

fed as (

    select count(*) as period_count from paid_periods

),

-- Where no subscription is fed, whoever has not left by an event is a customer.
last_events as (

    select
        judgements.judgement,
        judgements.judgement_id,
        judgements.account_id,
        max(case when coalesce(churn_events.is_reactivation, 0) = 0 then churn_events.happened_on end)
            as left_on,
        max(case when churn_events.is_reactivation = 1 then churn_events.happened_on end) as returned_on

    from judgements

    inner join churn_events
        on judgements.account_id = churn_events.account_id
        and judgements.judged_on >= churn_events.happened_on

    group by
        judgements.judgement,
        judgements.judgement_id,
        judgements.account_id

),

departures as (

    select
        judgements.judgement,
        judgements.judgement_id,
        judgements.account_id,
        min(churns.churned_on) as churned_on

    from judgements

    inner join churns
        on judgements.account_id = churns.account_id
        and judgements.judged_on < churns.churned_on

    group by
        judgements.judgement,
        judgements.judgement_id,
        judgements.account_id

),

followed as (

    select
        judgements.judgement,
        judgements.judgement_id,
        judgements.account_id,
        judgements.person,
        judgements.kind,
        judgements.direction,
        judgements.judged_on,
        settings.judgement_horizon_days as horizon_days,
        {{ dbt.datediff('judgements.judged_on', 'departures.churned_on', 'day') }} as days_to_churn,
        {{ dbt.datediff('judgements.judged_on', 'backtest_until.judged_until', 'day') }}
        - settings.reactivation_gap_days as observed_days,
        case
            when paid_periods.account_id is not null then 1
            when fed.period_count > 0 then 0
            when last_events.left_on is null or last_events.returned_on > last_events.left_on then 1
            else 0
        end as is_customer

    from judgements

    cross join backtest_until

    cross join settings

    cross join fed

    left join paid_periods
        on judgements.account_id = paid_periods.account_id
        and judgements.judged_on >= paid_periods.first_date
        and judgements.judged_on < paid_periods.next_date

    left join last_events
        on judgements.judgement = last_events.judgement
        and judgements.judgement_id = last_events.judgement_id
        and judgements.account_id = last_events.account_id

    left join departures
        on judgements.judgement = departures.judgement
        and judgements.judgement_id = departures.judgement_id
        and judgements.account_id = departures.account_id

    where judgements.judged_on > {{ days_before('backtest_until.judged_until', '7 * settings.backtest_weeks') }}

),

reasoned as (

    select
        judgement,
        judgement_id,
        account_id,
        person,
        kind,
        direction,
        judged_on,
        horizon_days,
        case when days_to_churn <= horizon_days then 1 else 0 end as is_left,
        case
            when is_customer = 0 then 'no paying customer on that day'
            when judgement = 'override' and direction = 0 then 'it changed no band'
            when observed_days < horizon_days then 'the horizon is not over yet'
        end as not_judged_because

    from followed

)

select
    cast(judgement as {{ dbt.type_string() }}) as judgement,
    judgement_id,
    account_id,
    person,
    cast(kind as {{ dbt.type_string() }}) as kind,
    cast(direction as integer) as direction,
    judged_on,
    cast(horizon_days as integer) as horizon_days,
    cast(not_judged_because as {{ dbt.type_string() }}) as not_judged_because,
    cast(case when not_judged_because is null then is_left end as integer) as is_left,
    cast(case
        when not_judged_because is not null or judgement <> 'override' then null
        when direction = 1 then 1 - is_left
        else is_left
    end as integer) as is_right
from reasoned

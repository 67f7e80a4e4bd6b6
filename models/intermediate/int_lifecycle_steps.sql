-- One row per live account and step of its stage on the newest score date: done, open or unknown.

with

scores as (

    select * from {{ ref('int_scores') }}

),

accounts as (

    select * from {{ ref('int_account_dates') }}

),

opportunities as (

    select * from {{ ref('int_expansion_opportunities') }}

),

steps as (

    select * from {{ ref('lifecycle_steps') }}

),

states as (

    select * from {{ ref('int_signal_states') }}

),

subscriptions as (

    select * from {{ ref('int_subscription_dates') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

last_dates as (

    select max(score_date) as score_date from scores

),

trials as (

    select
        account_id,
        score_date,
        cast(max(ended_at) as date) as ended_on,
        max(is_live) as is_running

    from subscriptions

    where is_trial = 1

    group by
        account_id,
        score_date

),

ended_trials as (

    select
        trials.account_id,
        trials.score_date

    from trials

    cross join settings

    where
        trials.is_running = 0
        and {{ dbt.datediff('trials.ended_on', 'trials.score_date', 'day') }} > settings.trial_lapsed_days

),

staged as (

    select
        accounts.account_id,
        accounts.score_date,
        accounts.account_age_days,
        case
            when accounts.lifecycle_stage = 'trial' and ended_trials.account_id is not null then 'lapsed'
            when accounts.lifecycle_stage = 'trial' then 'conversion'
            when accounts.lifecycle_stage = 'onboarding' then 'onboarding'
            when opportunities.account_id is not null then 'expansion'
            else 'retention'
        end as stage

    from accounts

    inner join last_dates
        on accounts.score_date = last_dates.score_date

    left join opportunities
        on accounts.account_id = opportunities.account_id

    left join ended_trials
        on accounts.account_id = ended_trials.account_id
        and accounts.score_date = ended_trials.score_date

),

-- What nothing feeds cannot be told; what is missing or stale has yet to be shown.
judged as (

    select
        staged.account_id,
        staged.score_date,
        staged.account_age_days,
        staged.stage,
        steps.position,
        steps.step,
        steps.title,
        steps.next_step,
        steps.expected_by_days,
        case
            when steps.signal = '*' then 'open'
            when states.state is null or states.state = 'not_applicable' then 'unknown'
            when states.state <> 'measured' then 'open'
            when {{ holds('states.value', 'steps') }} then 'done'
            else 'open'
        end as step_state

    from staged

    inner join steps
        on staged.stage = steps.stage

    left join states
        on staged.account_id = states.account_id
        and staged.score_date = states.score_date
        and steps.signal = states.signal

)

select
    account_id,
    score_date,
    cast(stage as {{ dbt.type_string() }}) as stage,
    cast(position as integer) as position,
    step,
    title,
    next_step,
    cast(step_state as {{ dbt.type_string() }}) as step_state,
    cast(case
        when step_state = 'open' and account_age_days > expected_by_days then 1
        else 0
    end as integer) as is_late
from judged

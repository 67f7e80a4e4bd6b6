-- One row per live account, score date and signal of onboarding and success work.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

success_activities as (

    select * from {{ ref('stg_success_activities') }}

),

activities as (

    select
        accounts.account_id,
        accounts.score_date,
        success_activities.activity_type,
        success_activities.happened_on

    from accounts

    left join success_activities
        on accounts.account_id = success_activities.account_id
        and accounts.score_date >= success_activities.happened_on
        and accounts.score_date >= success_activities.known_on

),

counts as (

    select
        account_id,
        score_date,
        max(case when activity_type = 'onboarding_completed' then 1 else 0 end) as onboarding_completed,
        max(case when activity_type = 'activation_completed' then 1 else 0 end) as activation_completed,
        sum(case when activity_type = 'training_session' then 1 else 0 end) as training_sessions,
        sum(case when activity_type = 'goal_set' then 1 else 0 end) as goals_set,
        sum(case when activity_type = 'goal_achieved' then 1 else 0 end) as goals_achieved,
        sum(
            case
                when activity_type <> 'resource_viewed' then 0
                when happened_on > {{ days_before('score_date', 90) }} then 1
                else 0
            end
        ) as resources_viewed_90d,
        max(case when activity_type = 'business_review' then happened_on end) as last_review_on

    from activities

    group by
        account_id,
        score_date

),

measured as (

    select
        account_id,
        score_date,
        onboarding_completed,
        activation_completed,
        training_sessions,
        goals_achieved,
        case when goals_set > goals_achieved then goals_set - goals_achieved else 0 end as goals_open,
        resources_viewed_90d,
        {{ dbt.datediff('last_review_on', 'score_date', 'day') }} as days_since_business_review

    from counts

),

signals as (

    {{ signal_rows('measured', [
        'onboarding_completed',
        'activation_completed',
        'training_sessions',
        'goals_achieved',
        'goals_open',
        'resources_viewed_90d',
        'days_since_business_review',
    ]) }}

)

select * from signals

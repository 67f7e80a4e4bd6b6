-- One row per live account, score date and signal of how widely the product is used.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

user_days as (

    select * from {{ ref('int_usage_user_days') }}

),

feature_days as (

    select * from {{ ref('int_usage_feature_days') }}

),

offered_days as (

    select * from {{ ref('stg_feature_days') }}

),

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

users as (

    select
        accounts.account_id,
        accounts.score_date,
        count(distinct user_days.user_id) as active_users_28d

    from accounts

    inner join user_days
        on accounts.account_id = user_days.account_id
        and accounts.score_date >= user_days.event_date
        and accounts.score_date >= user_days.known_on
        and user_days.event_date > {{ days_before('accounts.score_date', 28) }}

    group by
        accounts.account_id,
        accounts.score_date

),

features as (

    select
        accounts.account_id,
        accounts.score_date,
        count(distinct feature_days.feature) as features_used_28d

    from accounts

    inner join feature_days
        on accounts.account_id = feature_days.account_id
        and accounts.score_date >= feature_days.event_date
        and accounts.score_date >= feature_days.known_on
        and feature_days.event_date > {{ days_before('accounts.score_date', 28) }}

    group by
        accounts.account_id,
        accounts.score_date

),

features_on_offer as (

    select
        score_dates.score_date,
        count(distinct offered_days.feature) as feature_count

    from score_dates

    inner join offered_days
        on score_dates.score_date >= offered_days.event_date
        and score_dates.score_date >= offered_days.known_on
        and offered_days.event_date > {{ days_before('score_dates.score_date', 365) }}

    group by score_dates.score_date

),

measured as (

    select
        accounts.account_id,
        accounts.score_date,
        coalesce(users.active_users_28d, 0) as active_users_28d,
        {{ ratio('coalesce(users.active_users_28d, 0)', 'accounts.seats') }} as seat_utilisation,
        coalesce(features.features_used_28d, 0) as features_used_28d,
        {{ ratio('coalesce(features.features_used_28d, 0)', 'features_on_offer.feature_count') }} as feature_share_28d

    from accounts

    left join users
        on accounts.account_id = users.account_id
        and accounts.score_date = users.score_date

    left join features
        on accounts.account_id = features.account_id
        and accounts.score_date = features.score_date

    left join features_on_offer
        on accounts.score_date = features_on_offer.score_date

),

signals as (

    {{ signal_rows('measured', [
        'active_users_28d',
        'seat_utilisation',
        'features_used_28d',
        'feature_share_28d',
    ]) }}

)

select * from signals

-- One row per live account, score date and signal of engagement outside the product.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

engagement_events as (

    select * from {{ ref('stg_engagement_events') }}

),

pricing_streaks as (

    select * from {{ ref('int_pricing_streaks') }}

),

window_events as (

    select
        accounts.account_id,
        accounts.score_date,
        engagement_events.action as action_365d,
        case
            when engagement_events.happened_on > {{ days_before('accounts.score_date', 90) }}
                then engagement_events.action
        end as action_90d

    from accounts

    left join engagement_events
        on accounts.account_id = engagement_events.account_id
        and accounts.score_date >= engagement_events.happened_on
        and accounts.score_date >= engagement_events.known_on
        and engagement_events.happened_on > {{ days_before('accounts.score_date', 365) }}

),

-- The contract lets no action appear in two channels, so the action tells the channel.
counts as (

    select
        account_id,
        score_date,
        sum(case when action_90d = 'like' then 1 else 0 end) as likes_90d,
        sum(case when action_90d = 'comment' then 1 else 0 end) as comments_90d,
        sum(case when action_90d = 'share' then 1 else 0 end) as shares_90d,
        sum(case when action_90d = 'post' then 1 else 0 end) as posts_90d,
        sum(case when action_90d = 'invite' then 1 else 0 end) as members_invited_90d,
        sum(case when action_365d = 'referred' then 1 else 0 end) as referrals_365d,
        sum(case when action_365d = 'positive' then 1 else 0 end) as positive_reviews_365d,
        sum(case when action_365d = 'negative' then 1 else 0 end) as negative_reviews_365d,
        sum(case when action_90d = 'click' then 1 else 0 end) as email_clicks_90d,
        sum(case when action_90d = 'open' then 1 else 0 end) as emails_opened,
        sum(case when action_90d = 'sent' then 1 else 0 end) as emails_sent

    from window_events

    group by
        account_id,
        score_date

),

measured as (

    select
        counts.account_id,
        counts.score_date,
        counts.positive_reviews_365d,
        counts.negative_reviews_365d,
        counts.likes_90d,
        counts.comments_90d,
        counts.shares_90d,
        counts.posts_90d,
        counts.members_invited_90d,
        counts.referrals_365d,
        case
            when counts.emails_opened > counts.emails_sent and counts.emails_sent > 0 then 1
            else {{ ratio('counts.emails_opened', 'counts.emails_sent') }}
        end as email_open_rate_90d,
        counts.email_clicks_90d,
        case when pricing_streaks.account_id is null then 0 else 1 end as pricing_page_streak_with_query

    from counts

    left join pricing_streaks
        on counts.account_id = pricing_streaks.account_id
        and counts.score_date = pricing_streaks.score_date

),

signals as (

    {{ signal_rows('measured', [
        'positive_reviews_365d',
        'negative_reviews_365d',
        'likes_90d',
        'comments_90d',
        'shares_90d',
        'posts_90d',
        'members_invited_90d',
        'referrals_365d',
        'email_open_rate_90d',
        'email_clicks_90d',
        'pricing_page_streak_with_query',
    ]) }}

)

select * from signals

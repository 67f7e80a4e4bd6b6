-- One row per live account, score date and signal of engagement outside the product.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

engagement_days as (

    select * from {{ ref('int_engagement_days') }}

),

pricing_streaks as (

    select * from {{ ref('int_pricing_streaks') }}

),

counts as (

    select
        accounts.account_id,
        accounts.score_date,
        sum(case when engagement_days.channel = 'community' and engagement_days.action = 'like' and engagement_days.event_date > {{ days_before('accounts.score_date', 90) }} then engagement_days.event_count else 0 end) as likes_90d,
        sum(case when engagement_days.channel = 'community' and engagement_days.action = 'comment' and engagement_days.event_date > {{ days_before('accounts.score_date', 90) }} then engagement_days.event_count else 0 end) as comments_90d,
        sum(case when engagement_days.channel = 'community' and engagement_days.action = 'share' and engagement_days.event_date > {{ days_before('accounts.score_date', 90) }} then engagement_days.event_count else 0 end) as shares_90d,
        sum(case when engagement_days.channel = 'community' and engagement_days.action = 'post' and engagement_days.event_date > {{ days_before('accounts.score_date', 90) }} then engagement_days.event_count else 0 end) as posts_90d,
        sum(case when engagement_days.channel = 'community' and engagement_days.action = 'invite' and engagement_days.event_date > {{ days_before('accounts.score_date', 90) }} then engagement_days.event_count else 0 end) as members_invited_90d,
        sum(case when engagement_days.channel = 'referral' and engagement_days.action = 'referred' then engagement_days.event_count else 0 end) as referrals_365d,
        sum(case when engagement_days.channel = 'review' and engagement_days.action = 'positive' then engagement_days.event_count else 0 end) as positive_reviews_365d,
        sum(case when engagement_days.channel = 'review' and engagement_days.action = 'negative' then engagement_days.event_count else 0 end) as negative_reviews_365d,
        sum(case when engagement_days.channel = 'email' and engagement_days.action = 'click' and engagement_days.event_date > {{ days_before('accounts.score_date', 90) }} then engagement_days.event_count else 0 end) as email_clicks_90d,
        sum(case when engagement_days.channel = 'email' and engagement_days.action = 'open' and engagement_days.event_date > {{ days_before('accounts.score_date', 90) }} then engagement_days.event_count else 0 end) as emails_opened,
        sum(case when engagement_days.channel = 'email' and engagement_days.action = 'sent' and engagement_days.event_date > {{ days_before('accounts.score_date', 90) }} then engagement_days.event_count else 0 end) as emails_sent

    from accounts

    left join engagement_days
        on
            accounts.account_id = engagement_days.account_id
            and accounts.score_date >= engagement_days.event_date
            and accounts.score_date >= engagement_days.known_on
            and engagement_days.event_date > {{ days_before('accounts.score_date', 365) }}

    group by
        accounts.account_id,
        accounts.score_date

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
        on
            counts.account_id = pricing_streaks.account_id
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

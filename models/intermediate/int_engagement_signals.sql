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

window_days as (

    select
        accounts.account_id,
        accounts.score_date,
        engagement_days.action,
        engagement_days.event_count as event_count_365d,
        case
            when engagement_days.event_date > {{ days_before('accounts.score_date', 90) }}
                then engagement_days.event_count
            else 0
        end as event_count_90d

    from accounts

    left join engagement_days
        on accounts.account_id = engagement_days.account_id
        and accounts.score_date >= engagement_days.event_date
        and accounts.score_date >= engagement_days.known_on
        and engagement_days.event_date > {{ days_before('accounts.score_date', 365) }}

),

-- The contract lets no action appear in two channels, so the action tells the channel.
counts as (

    select
        account_id,
        score_date,
        sum(case when action = 'like' then event_count_90d else 0 end) as likes_90d,
        sum(case when action = 'comment' then event_count_90d else 0 end) as comments_90d,
        sum(case when action = 'share' then event_count_90d else 0 end) as shares_90d,
        sum(case when action = 'post' then event_count_90d else 0 end) as posts_90d,
        sum(case when action = 'invite' then event_count_90d else 0 end) as members_invited_90d,
        sum(case when action = 'referred' then event_count_365d else 0 end) as referrals_365d,
        sum(case when action = 'positive' then event_count_365d else 0 end) as positive_reviews_365d,
        sum(case when action = 'negative' then event_count_365d else 0 end) as negative_reviews_365d,
        sum(case when action = 'click' then event_count_90d else 0 end) as email_clicks_90d,
        sum(case when action = 'open' then event_count_90d else 0 end) as emails_opened,
        sum(case when action = 'sent' then event_count_90d else 0 end) as emails_sent

    from window_days

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

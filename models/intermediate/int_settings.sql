-- One row per project: every setting in a column of its own.

with

settings as (

    select * from {{ ref('settings') }}

),

pivoted as (

    select
        max(case when setting = 'reactivation_gap_days' then value end) as reactivation_gap_days,
        max(case when setting = 'onboarding_days' then value end) as onboarding_days,
        max(case when setting = 'min_prior_accounts' then value end) as min_prior_accounts,
        max(case when setting = 'min_peer_accounts' then value end) as min_peer_accounts,
        max(case when setting = 'neutral_points' then value end) as neutral_points,
        max(case when setting = 'override_max_days' then value end) as override_max_days,
        max(case when setting = 'review_max_age_days' then value end) as review_max_age_days,
        max(case when setting = 'lopsided_band_share' then value end) as lopsided_band_share,
        max(case when setting = 'parallel_subscriptions_max' then value end)
            as parallel_subscriptions_max,
        max(case when setting = 'trend_tolerance_days' then value end) as trend_tolerance_days,
        max(case when setting = 'trend_min_snapshots' then value end) as trend_min_snapshots,
        max(case when setting = 'trend_min_days' then value end) as trend_min_days,
        max(case when setting = 'trend_margin_points' then value end) as trend_margin_points

    from settings

),

typed as (

    select
        cast(reactivation_gap_days as integer) as reactivation_gap_days,
        cast(onboarding_days as integer) as onboarding_days,
        cast(min_prior_accounts as integer) as min_prior_accounts,
        cast(min_peer_accounts as integer) as min_peer_accounts,
        cast(neutral_points as numeric(28, 6)) as neutral_points,
        cast(override_max_days as integer) as override_max_days,
        cast(review_max_age_days as integer) as review_max_age_days,
        cast(lopsided_band_share as numeric(28, 6)) as lopsided_band_share,
        cast(parallel_subscriptions_max as integer) as parallel_subscriptions_max,
        cast(trend_tolerance_days as integer) as trend_tolerance_days,
        cast(trend_min_snapshots as integer) as trend_min_snapshots,
        cast(trend_min_days as integer) as trend_min_days,
        cast(trend_margin_points as numeric(28, 6)) as trend_margin_points

    from pivoted

)

select * from typed

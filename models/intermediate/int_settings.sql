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
        max(case when setting = 'trend_margin_points' then value end) as trend_margin_points,
        max(case when setting = 'backtest_weeks' then value end) as backtest_weeks,
        max(case when setting = 'backtest_min_accounts' then value end) as backtest_min_accounts,
        max(case when setting = 'confidence_z' then value end) as confidence_z,
        max(case when setting = 'leakage_auc_distance' then value end) as leakage_auc_distance,
        max(case when setting = 'same_signal_correlation' then value end) as same_signal_correlation,
        max(case when setting = 'green_share_max' then value end) as green_share_max,
        max(case when setting = 'warning_tolerance_days' then value end) as warning_tolerance_days,
        max(case when setting = 'significance_level' then value end) as significance_level,
        max(case when setting = 'drift_bins' then value end) as drift_bins,
        max(case when setting = 'drift_empty_bin_accounts' then value end) as drift_empty_bin_accounts,
        max(case when setting = 'drift_index_min_accounts' then value end) as drift_index_min_accounts,
        max(case when setting = 'drift_index_max' then value end) as drift_index_max,
        max(case when setting = 'drift_moved_share' then value end) as drift_moved_share,
        max(case when setting = 'drift_min_accounts' then value end) as drift_min_accounts,
        max(case when setting = 'drift_missing_jump' then value end) as drift_missing_jump,
        max(case when setting = 'drift_unit_factor' then value end) as drift_unit_factor,
        max(case when setting = 'drift_factor_tolerance' then value end) as drift_factor_tolerance,
        max(case when setting = 'judgement_min_accounts' then value end) as judgement_min_accounts,
        max(case when setting = 'judgement_horizon_days' then value end) as judgement_horizon_days,
        max(case when setting = 'calibration_fit_share' then value end) as calibration_fit_share,
        max(case when setting = 'calibration_choose_share' then value end) as calibration_choose_share,
        max(case when setting = 'calibration_own_accounts' then value end) as calibration_own_accounts,
        max(case when setting = 'alert_book_share' then value end) as alert_book_share,
        max(case when setting = 'alert_book_open_share' then value end) as alert_book_open_share,
        max(case when setting = 'alert_held_loss_share' then value end) as alert_held_loss_share,
        max(case when setting = 'alert_book_min_accounts' then value end) as alert_book_min_accounts,
        max(case when setting = 'alert_hold_days' then value end) as alert_hold_days,
        max(case when setting = 'alert_late_days' then value end) as alert_late_days,
        max(case when setting = 'alert_high_mrr_share' then value end) as alert_high_mrr_share,
        max(case when setting = 'alert_near_renewal_days' then value end) as alert_near_renewal_days,
        max(case when setting = 'expansion_seats_share_min' then value end) as expansion_seats_share_min,
        max(case when setting = 'expansion_growth_min' then value end) as expansion_growth_min,
        max(case when setting = 'expansion_signs_min' then value end) as expansion_signs_min,
        max(case when setting = 'expansion_seat_step_share' then value end) as expansion_seat_step_share,
        max(case when setting = 'trial_lapsed_days' then value end) as trial_lapsed_days,
        max(case when setting = 'snooze_max_days' then value end) as snooze_max_days

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
        cast(trend_margin_points as numeric(28, 6)) as trend_margin_points,
        cast(backtest_weeks as integer) as backtest_weeks,
        cast(backtest_min_accounts as integer) as backtest_min_accounts,
        cast(confidence_z as numeric(28, 6)) as confidence_z,
        cast(leakage_auc_distance as numeric(28, 6)) as leakage_auc_distance,
        cast(same_signal_correlation as numeric(28, 6)) as same_signal_correlation,
        cast(green_share_max as numeric(28, 6)) as green_share_max,
        cast(warning_tolerance_days as integer) as warning_tolerance_days,
        cast(significance_level as numeric(28, 6)) as significance_level,
        cast(drift_bins as integer) as drift_bins,
        cast(drift_empty_bin_accounts as numeric(28, 6)) as drift_empty_bin_accounts,
        cast(drift_index_min_accounts as integer) as drift_index_min_accounts,
        cast(drift_index_max as numeric(28, 6)) as drift_index_max,
        cast(drift_moved_share as numeric(28, 6)) as drift_moved_share,
        cast(drift_min_accounts as integer) as drift_min_accounts,
        cast(drift_missing_jump as numeric(28, 6)) as drift_missing_jump,
        cast(drift_unit_factor as integer) as drift_unit_factor,
        cast(drift_factor_tolerance as numeric(28, 6)) as drift_factor_tolerance,
        cast(judgement_min_accounts as integer) as judgement_min_accounts,
        cast(judgement_horizon_days as integer) as judgement_horizon_days,
        cast(calibration_fit_share as numeric(28, 6)) as calibration_fit_share,
        cast(calibration_choose_share as numeric(28, 6)) as calibration_choose_share,
        cast(calibration_own_accounts as integer) as calibration_own_accounts,
        cast(alert_book_share as numeric(28, 6)) as alert_book_share,
        cast(alert_book_open_share as numeric(28, 6)) as alert_book_open_share,
        cast(alert_held_loss_share as numeric(28, 6)) as alert_held_loss_share,
        cast(alert_book_min_accounts as integer) as alert_book_min_accounts,
        cast(alert_hold_days as integer) as alert_hold_days,
        cast(alert_late_days as integer) as alert_late_days,
        cast(alert_high_mrr_share as numeric(28, 6)) as alert_high_mrr_share,
        cast(alert_near_renewal_days as integer) as alert_near_renewal_days,
        cast(expansion_seats_share_min as numeric(28, 6)) as expansion_seats_share_min,
        cast(expansion_growth_min as numeric(28, 6)) as expansion_growth_min,
        cast(expansion_signs_min as integer) as expansion_signs_min,
        cast(expansion_seat_step_share as numeric(28, 6)) as expansion_seat_step_share,
        cast(trial_lapsed_days as integer) as trial_lapsed_days,
        cast(snooze_max_days as integer) as snooze_max_days

    from pivoted

)

select * from typed

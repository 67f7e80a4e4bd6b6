-- One row per setting, or freshness of a signal, that is missing or makes no sense.

{# The columns of int_settings. #}
{% set settings_needed = [
    'reactivation_gap_days', 'onboarding_days', 'min_prior_accounts', 'min_peer_accounts',
    'neutral_points', 'override_max_days', 'review_max_age_days', 'lopsided_band_share',
    'parallel_subscriptions_max', 'trend_tolerance_days', 'trend_min_snapshots', 'trend_min_days',
    'trend_margin_points', 'backtest_weeks', 'backtest_min_accounts', 'confidence_z',
    'leakage_auc_distance', 'same_signal_correlation', 'green_share_max', 'warning_tolerance_days',
    'significance_level',
    'drift_bins', 'drift_empty_bin_accounts', 'drift_index_min_accounts',
    'drift_index_max', 'drift_moved_share', 'drift_min_accounts', 'drift_missing_jump',
    'drift_unit_factor', 'drift_factor_tolerance',
    'judgement_min_accounts', 'judgement_horizon_days',
    'calibration_fit_share', 'calibration_choose_share', 'calibration_own_accounts',
    'alert_book_share', 'alert_book_open_share', 'alert_held_loss_share', 'alert_book_min_accounts',
    'alert_hold_days', 'alert_late_days', 'alert_high_mrr_share', 'alert_near_renewal_days',
    'expansion_seats_share_min', 'expansion_growth_min', 'expansion_signs_min',
    'expansion_seat_step_share', 'trial_lapsed_days', 'snooze_max_days',
] %}

with

settings as (

    select * from {{ ref('settings') }}

),

signals as (

    select * from {{ ref('signals') }}

),

signal_inputs as (

    select * from {{ ref('signal_inputs') }}

),

needed_settings as (
    {% for setting in settings_needed %}
        select '{{ setting }}' as setting
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

signals_with_inputs as (

    select
        signal,
        max(sets_freshness) as sets_freshness

    from signal_inputs

    group by signal

),

problems as (

    select
        'settings.csv' as file_name,
        {{ row_key(['setting'], 'needed_settings') }} as row_key,
        'the setting is missing; add it' as problem
    from needed_settings
    left join settings
        on needed_settings.setting = settings.setting
    where settings.setting is null

    union all

    select
        'settings.csv' as file_name,
        {{ row_key(['setting'], 'settings') }} as row_key,
        'no model reads a setting of this name; correct the name or delete the row' as problem
    from settings
    left join needed_settings
        on settings.setting = needed_settings.setting
    where needed_settings.setting is null and settings.setting is not null

    union all

    select
        'settings.csv' as file_name,
        {{ row_key(['setting']) }} as row_key,
        'a share lies between 0 and 1' as problem
    from settings
    where unit = 'share' and (value < 0 or value > 1)

    union all

    select
        'settings.csv' as file_name,
        {{ row_key(['setting']) }} as row_key,
        'points lie between 0 and 100' as problem
    from settings
    where unit = 'points' and (value < 0 or value > 100)

    union all

    select
        'settings.csv' as file_name,
        {{ row_key(['setting']) }} as row_key,
        unit || ' are counted; use a whole number from 0 on' as problem
    from settings
    where unit not in ('share', 'points', 'ratio') and (value < 0 or value <> round(value, 0))

    union all

    select
        'signals.csv' as file_name,
        {{ row_key(['signal']) }} as row_key,
        'the signal expires before it warns; let expire_after_days be no less '
        || 'than warn_after_days' as problem
    from signals
    where expire_after_days < warn_after_days

    union all

    select
        'signals.csv' as file_name,
        {{ row_key(['signal']) }} as row_key,
        'an age in days is negative; use 0 or more, or leave the cell empty for never' as problem
    from signals
    where warn_after_days < 0 or expire_after_days < 0

    union all

    select
        'signal_inputs.csv' as file_name,
        {{ row_key(['signal'], 'signals') }} as row_key,
        'nothing says what the signal needs; add a row for each needed column, '
        || 'or accounts and * when every account has it' as problem
    from signals
    left join signals_with_inputs
        on signals.signal = signals_with_inputs.signal
    where signals_with_inputs.signal is null

    union all

    select
        'signal_inputs.csv' as file_name,
        {{ row_key(['signal'], 'signals') }} as row_key,
        'no input sets the freshness of the signal; '
        || 'give the table whose silence makes it stale the sets_freshness 1' as problem
    from signals
    inner join signals_with_inputs
        on signals.signal = signals_with_inputs.signal
    where signals.freshness = 'source' and signals_with_inputs.sets_freshness = 0

),

typed as (

    select
        cast(file_name as {{ dbt.type_string() }}) as file_name,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(problem as {{ dbt.type_string() }}) as problem

    from problems

)

select * from typed

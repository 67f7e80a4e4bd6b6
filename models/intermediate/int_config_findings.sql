-- One row per finding about the configuration and what it leads to: advice, not an error.

with

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

signal_rules as (

    select * from {{ ref('signal_rules') }}

),

dimension_weights as (

    select * from {{ ref('dimension_weights') }}

),

health_bands as (

    select * from {{ ref('health_bands') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

scorecards as (

    select * from {{ ref('scorecards') }}

),

scores as (

    select * from {{ ref('int_scores') }}

),

states as (

    select * from {{ ref('int_signal_states') }}

),

signal_dates as (

    select * from {{ ref('int_signal_dates') }}

),

signal_inputs as (

    select * from {{ ref('signal_inputs') }}

),

fed_columns as (

    select * from {{ ref('int_fed_columns') }}

),

versioned as (

    select distinct column_name

    from fed_columns

    where table_name = 'subscription_versions'

),

-- What subscriptions say only as it is today.
overwritten as (

    select distinct signal_inputs.signal

    from signal_inputs

    inner join fed_columns
        on signal_inputs.table_name = fed_columns.table_name
        and signal_inputs.column_name = fed_columns.column_name

    left join versioned
        on signal_inputs.column_name = versioned.column_name

    where
        signal_inputs.table_name = 'subscriptions'
        and signal_inputs.column_name in ('renews_at', 'seats')
        and versioned.column_name is null

),

reviewed as (

    select
        'signal_rules' as seed,
        scorecard,
        reviewed_on

    from signal_rules

    union all

    select
        'dimension_weights' as seed,
        scorecard,
        reviewed_on

    from dimension_weights

    union all

    select
        'health_bands' as seed,
        scorecard,
        reviewed_on

    from health_bands

    union all

    select
        'score_caps' as seed,
        scorecard,
        reviewed_on

    from score_caps

    union all

    select
        'scorecards' as seed,
        scorecard,
        reviewed_on

    from scorecards

),

last_dates as (

    select max(score_date) as score_date from score_dates

),

band_counts as (

    select
        scores.scorecard,
        scores.band,
        count(*) as band_accounts

    from scores

    inner join last_dates
        on scores.score_date = last_dates.score_date

    where scores.effective_score is not null

    group by
        scores.scorecard,
        scores.band

),

band_shares as (

    select
        scorecard,
        band,
        band_accounts,
        sum(band_accounts) over (partition by scorecard) as scored_accounts

    from band_counts

),

green_counts as (

    select
        band_shares.scorecard,
        sum(band_shares.band_accounts) as green_accounts,
        max(band_shares.scored_accounts) as scored_accounts

    from band_shares

    inner join health_bands
        on band_shares.scorecard = health_bands.scorecard
        and band_shares.band = health_bands.band

    where health_bands.colour = 'green'

    group by band_shares.scorecard

),

found as (

    select
        'rules not reviewed' as finding,
        'information' as severity,
        reviewed.seed as subject,
        count(*) as row_count,
        'rows have not been reviewed within the setting review_max_age_days' as detail,
        'Read them again, correct what no longer holds, and set reviewed_on.' as remedy

    from reviewed

    cross join last_dates

    cross join settings

    where {{ dbt.datediff('reviewed.reviewed_on', 'last_dates.score_date', 'day') }} > settings.review_max_age_days

    group by reviewed.seed

    union all

    select
        'lopsided bands' as finding,
        'information' as severity,
        band_shares.scorecard || ' ' || band_shares.band as subject,
        band_shares.band_accounts as row_count,
        'accounts stand in one band, more than the setting lopsided_band_share allows' as detail,
        'Move the band edges or the ranges: a band that holds nearly everybody tells nobody anything.' as remedy

    from band_shares

    cross join settings

    where band_shares.band_accounts > settings.lopsided_band_share * band_shares.scored_accounts

    union all

    select
        'mostly green' as finding,
        'information' as severity,
        green_counts.scorecard as subject,
        green_counts.green_accounts as row_count,
        'accounts are green, more than the setting green_share_max allows' as detail,
        'Look in band_outcomes how many of them leave; then raise the edge of the green bands.' as remedy

    from green_counts

    cross join settings

    where green_counts.green_accounts > settings.green_share_max * green_counts.scored_accounts

    union all

    select
        'stale signal' as finding,
        'warning' as severity,
        states.signal as subject,
        count(*) as row_count,
        'accounts have a measurement too old to count' as detail,
        'Look at the feed behind the signal, or at expire_after_days in signals.csv.' as remedy

    from states

    inner join last_dates
        on states.score_date = last_dates.score_date

    where states.state = 'stale'

    group by states.signal

    union all

    select
        'signals not fed' as finding,
        'information' as severity,
        'signals' as subject,
        count(*) as row_count,
        'signals are not applicable: something that they need is not fed' as detail,
        'See `./health check` for what each of them needs.' as remedy

    from signal_dates

    inner join last_dates
        on signal_dates.score_date = last_dates.score_date

    where signal_dates.is_fed = 0

    union all

    select
        'overwritten value in a score' as finding,
        'information' as severity,
        signal_rules.signal as subject,
        count(distinct signal_rules.scorecard) as row_count,
        'scorecards weigh a signal of which only the present value is fed: their past knew what came later' as detail,
        'Feed subscription_versions; until then judge the score without it, with its weight at 0.' as remedy

    from signal_rules

    inner join overwritten
        on signal_rules.signal = overwritten.signal

    inner join signal_dates
        on signal_rules.signal = signal_dates.signal

    inner join last_dates
        on signal_dates.score_date = last_dates.score_date

    where
        signal_rules.weight <> 0
        and signal_dates.is_fed = 1

    group by signal_rules.signal

)

select
    cast(finding as {{ dbt.type_string() }}) as finding,
    cast(severity as {{ dbt.type_string() }}) as severity,
    cast(subject as {{ dbt.type_string() }}) as subject,
    cast(row_count as bigint) as row_count,
    cast(detail as {{ dbt.type_string() }}) as detail,
    cast(remedy as {{ dbt.type_string() }}) as remedy
from found
where row_count > 0

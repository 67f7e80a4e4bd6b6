-- One row per project: the fingerprint of everything in the seeds that moves a score.

with

scorecards as (

    select * from {{ ref('scorecards') }}

),

profiles as (

    select * from {{ ref('profiles') }}

),

signals as (

    select * from {{ ref('signals') }}

),

signal_inputs as (

    select * from {{ ref('signal_inputs') }}

),

signal_rules as (

    select * from {{ ref('signal_rules') }}

),

signal_tiers as (

    select * from {{ ref('signal_tiers') }}

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

settings as (

    select * from {{ ref('settings') }}

),

-- Titles, reasons, review dates, colours, action plans and other prose are left
-- out: rewording them must not make yesterday's scores incomparable.
scorecard_contents as (

    select
        'scorecards' as seed,
        {{ row_content(
            texts=['scorecard', 'method'],
            numbers=['is_primary', 'min_coverage', 'min_dimensions']
        ) }} as row_content

    from scorecards

),

profile_contents as (

    select
        'profiles' as seed,
        {{ row_content(
            texts=['profile', 'lifecycle_stage', 'plan'],
            numbers=[
                'priority', 'account_age_days_from', 'account_age_days_below',
                'employee_count_from', 'employee_count_below', 'seats_from', 'seats_below',
            ]
        ) }} as row_content

    from profiles

),

signal_contents as (

    select
        'signals' as seed,
        {{ row_content(
            texts=['signal', 'dimension', 'freshness'],
            numbers=['expire_after_days']
        ) }} as row_content

    from signals

),

signal_input_contents as (

    select
        'signal_inputs' as seed,
        {{ row_content(texts=['signal', 'table_name', 'column_name'], numbers=['sets_freshness']) }} as row_content

    from signal_inputs

),

signal_rule_contents as (

    select
        'signal_rules' as seed,
        {{ row_content(
            texts=['scorecard', 'profile', 'signal', 'rule', 'missing_policy'],
            numbers=[
                'weight', 'points_per_unit', 'neutral', 'min_points', 'max_points', 'worst', 'best',
            ]
        ) }} as row_content

    from signal_rules

),

signal_tier_contents as (

    select
        'signal_tiers' as seed,
        {{ row_content(
            texts=['scorecard', 'profile', 'signal'],
            numbers=['lower_bound', 'upper_bound', 'points']
        ) }} as row_content

    from signal_tiers

),

dimension_weight_contents as (

    select
        'dimension_weights' as seed,
        {{ row_content(
            texts=['scorecard', 'profile', 'dimension'],
            numbers=['weight']
        ) }} as row_content

    from dimension_weights

),

health_band_contents as (

    select
        'health_bands' as seed,
        {{ row_content(
            texts=['scorecard', 'band'],
            numbers=['lower_bound', 'includes_lower']
        ) }} as row_content

    from health_bands

),

score_cap_contents as (

    select
        'score_caps' as seed,
        {{ row_content(
            texts=['scorecard', 'cap_name', 'signal', 'comparison'],
            numbers=['threshold', 'cap']
        ) }} as row_content

    from score_caps

),

setting_contents as (

    select
        'settings' as seed,
        {{ row_content(texts=['setting'], numbers=['value']) }} as row_content

    from settings

    where moves_scores = 1

),

contents as (

    select * from scorecard_contents

    union all

    select * from profile_contents

    union all

    select * from signal_contents

    union all

    select * from signal_input_contents

    union all

    select * from signal_rule_contents

    union all

    select * from signal_tier_contents

    union all

    select * from dimension_weight_contents

    union all

    select * from health_band_contents

    union all

    select * from score_cap_contents

    union all

    select * from setting_contents

),

row_hashes as (

    select {{ dbt.hash(dbt.concat(['seed', "' '", 'row_content'])) }} as row_hash

    from contents

),

-- Ordered by hash, for hex digits sort alike under every collation.
joined as (

    select {{ dbt.listagg('row_hash', "','", 'order by row_hash') }} as row_hashes

    from row_hashes

),

shortened as (

    select
        cast(substr({{ dbt.hash('row_hashes') }}, 1, 12) as {{ dbt.type_string() }})
            as config_version

    from joined

)

select * from shortened

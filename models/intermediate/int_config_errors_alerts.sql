-- One row per thing that is wrong in alert_rules.csv.

{% set filled = [
    'rule', 'title', 'kind', 'signal', 'band', 'worse', 'threshold', 'recover_threshold',
    'compared_with', 'recover_days', 'cooldown_days', 'is_hard_fact', 'reason', 'reviewed_on',
] %}
{% set vocabulary = {
    'kind': [
        'band', 'score_drop', 'coverage_drop', 'signal', 'signal_drop', 'stale', 'cap', 'override',
        'renewal', 'book',
    ],
    'worse': ['more', 'less'],
    'compared_with': ['previous', '7 days', '28 days'],
    'is_hard_fact': ['0', '1'],
} %}

with

rules as (

    select * from {{ ref('alert_rules') }}

),

signals as (

    select * from {{ ref('signals') }}

),

health_bands as (

    select * from {{ ref('health_bands') }}

),

scorecards as (

    select * from {{ ref('scorecards') }}

),

primary_bands as (

    select
        health_bands.band,
        health_bands.lower_bound,
        max(health_bands.lower_bound) over () as best_bound

    from health_bands

    inner join scorecards
        on health_bands.scorecard = scorecards.scorecard

    where scorecards.is_primary = 1

),

problems as (
    {% for column in filled %}
        select
            {{ row_key(['rule']) }} as row_key,
            'the cell {{ column }} is empty; fill it' as problem
        from rules
        where coalesce(cast({{ column }} as {{ dbt.type_string() }}), '') = ''

        union all
    {% endfor %}
    {% for column, words in vocabulary.items() %}
        select
            {{ row_key(['rule']) }} as row_key,
            '{{ column }} is none of {{ words | join(", ") }}; use one of them' as problem
        from rules
        where cast({{ column }} as {{ dbt.type_string() }}) not in ('{{ words | join("', '") }}')

        union all
    {% endfor %}
    select
        {{ row_key(['rule']) }} as row_key,
        'the rule stands more than once; keep one row' as problem
    from rules
    group by rule
    having count(*) > 1

    union all

    select
        {{ row_key(['rule'], 'rules') }} as row_key,
        'no signal of signals.csv is called ' || rules.signal || '; correct the name' as problem
    from rules
    left join signals
        on rules.signal = signals.signal
    where
        signals.signal is null
        and (rules.signal <> '*' or rules.kind in ('signal', 'signal_drop', 'stale'))

    union all

    select
        {{ row_key(['rule'], 'rules') }} as row_key,
        'the primary scorecard has no band ' || rules.band
        || ' with another one above it; correct the name' as problem
    from rules
    left join primary_bands
        on rules.band = primary_bands.band
        and (primary_bands.lower_bound is null or primary_bands.lower_bound < primary_bands.best_bound)
    where
        primary_bands.band is null
        and (rules.band <> '*' or rules.kind in ('band', 'renewal'))

    union all

    select
        {{ row_key(['rule']) }} as row_key,
        'an account would open and recover on the same day; '
        || 'let recover_threshold be no worse than threshold' as problem
    from rules
    where
        (worse = 'more' and recover_threshold > threshold)
        or (worse = 'less' and recover_threshold < threshold)

    union all

    select
        {{ row_key(['rule']) }} as row_key,
        'days are counted; use 1 or more for recover_days, 0 or more for cooldown_days' as problem
    from rules
    where
        recover_days < 1
        or cooldown_days < 0

    union all

    select
        {{ row_key(['rule']) }} as row_key,
        'look_back_days and compared_with disagree; '
        || 'a drop is over 7 or 28 days and compared with as many' as problem
    from rules
    where
        kind in ('score_drop', 'coverage_drop', 'signal_drop', 'book')
        and coalesce(cast(look_back_days as {{ dbt.type_string() }}), '') || ' days' <> compared_with
)

select
    cast('alert_rules.csv' as {{ dbt.type_string() }}) as file_name,
    cast(row_key as {{ dbt.type_string() }}) as row_key,
    cast(problem as {{ dbt.type_string() }}) as problem
from problems

-- One row per seed row that stands twice or leaves a needed cell empty.

{% set seeds = {
    'scorecards': {
        'key': ['scorecard'],
        'filled': [
            'title', 'method', 'is_primary', 'min_coverage', 'min_dimensions',
            'insufficient_data_action', 'purpose', 'reason', 'reviewed_on',
        ],
    },
    'profiles': {
        'key': ['profile'],
        'filled': ['priority', 'lifecycle_stage', 'plan', 'reason', 'reviewed_on'],
    },
    'signals': {
        'key': ['signal'],
        'filled': [
            'title', 'dimension', 'better', 'unit', 'freshness', 'why_it_matters',
            'low_value_means', 'definition', 'when_empty', 'reviewed_on',
        ],
    },
    'signal_inputs': {
        'key': ['signal', 'table_name', 'column_name'],
        'filled': ['sets_freshness'],
    },
    'signal_rules': {
        'key': ['scorecard', 'profile', 'signal'],
        'filled': ['weight', 'rule', 'missing_policy', 'reason', 'reviewed_on'],
    },
    'signal_tiers': {
        'key': ['scorecard', 'profile', 'signal', 'label'],
        'filled': ['points'],
    },
    'dimension_weights': {
        'key': ['scorecard', 'profile', 'dimension'],
        'filled': ['weight', 'reason', 'reviewed_on'],
    },
    'health_bands': {
        'key': ['scorecard', 'band'],
        'filled': ['includes_lower', 'colour', 'action_plan', 'reason', 'reviewed_on'],
    },
    'score_caps': {
        'key': ['scorecard', 'cap_name'],
        'filled': ['signal', 'comparison', 'threshold', 'cap', 'reason', 'reviewed_on'],
    },
    'renewal_urgency': {'key': ['days_from'], 'filled': ['factor', 'reason', 'reviewed_on']},
    'playbook': {'key': ['signal'], 'filled': ['can_move', 'play', 'reason', 'reviewed_on']},
    'worklist_snoozes': {'key': ['account_id', 'snoozed_until'], 'filled': ['reason', 'author']},
    'lifecycle_steps': {
        'key': ['stage', 'position'],
        'filled': [
            'step', 'title', 'signal', 'comparison', 'threshold', 'next_step', 'reason', 'reviewed_on',
        ],
    },
    'settings': {'key': ['setting'], 'filled': ['value', 'unit', 'reason', 'reviewed_on']},
} %}

with
{% for seed in seeds %}
    {{ seed }} as (

        select * from {{ ref(seed) }}

    ),
{% endfor %}
seed_rows as (
    {% for seed, columns in seeds.items() %}
        select
            '{{ seed }}.csv' as file_name,
            {{ row_key(columns.key) }} as row_key,
            ''
            {% for column in columns.key + columns.filled %}
                || case
                    when coalesce(cast({{ column }} as {{ dbt.type_string() }}), '') = ''
                        then ' {{ column }}'
                    else ''
                end
            {% endfor %} as empty_cells

        from {{ seed }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

rows_with_empty_cells as (

    select
        file_name,
        row_key,
        'needed cells are empty:' || empty_cells
        || '; fill them (with * where any value will do)' as problem

    from seed_rows

    where empty_cells <> ''

),

repeated_rows as (

    select
        file_name,
        row_key,
        'the row stands ' || cast(count(*) as {{ dbt.type_string() }})
        || ' times; keep one of them' as problem

    from seed_rows

    group by file_name, row_key

    having count(*) > 1

),

problems as (

    select * from rows_with_empty_cells

    union all

    select * from repeated_rows

),

typed as (

    select
        cast(file_name as {{ dbt.type_string() }}) as file_name,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(problem as {{ dbt.type_string() }}) as problem

    from problems

)

select * from typed

-- One row per cell of the seeds that holds a word which the models do not know.

{% set vocabulary = [
    {'seed': 'scorecards', 'key': ['scorecard'], 'column': 'method',
        'words': ['sum', 'weighted_average']},
    {'seed': 'scorecards', 'key': ['scorecard'], 'column': 'is_primary', 'words': ['1', '0']},
    {'seed': 'profiles', 'key': ['profile'], 'column': 'lifecycle_stage',
        'words': ['*', 'trial', 'onboarding', 'established']},
    {'seed': 'signals', 'key': ['signal'], 'column': 'better',
        'words': ['more', 'less', 'neutral']},
    {'seed': 'signals', 'key': ['signal'], 'column': 'freshness', 'words': ['source', 'own']},
    {'seed': 'signal_inputs', 'key': ['signal', 'table_name', 'column_name'],
        'column': 'sets_freshness', 'words': ['1', '0']},
    {'seed': 'signal_rules', 'key': ['scorecard', 'profile', 'signal'], 'column': 'rule',
        'words': ['per_unit', 'linear', 'tier']},
    {'seed': 'signal_rules', 'key': ['scorecard', 'profile', 'signal'],
        'column': 'missing_policy', 'words': ['exclude', 'zero', 'neutral', 'prior']},
    {'seed': 'health_bands', 'key': ['scorecard', 'band'], 'column': 'includes_lower',
        'words': ['1', '0']},
    {'seed': 'score_caps', 'key': ['scorecard', 'cap_name'], 'column': 'comparison',
        'words': ['>=', '>', '<=', '<', '=']},
    {'seed': 'lifecycle_steps', 'key': ['stage', 'position'], 'column': 'stage',
        'words': ['conversion', 'lapsed', 'onboarding', 'retention', 'expansion']},
    {'seed': 'lifecycle_steps', 'key': ['stage', 'position'], 'column': 'comparison',
        'words': ['>=', '>', '<=', '<', '=', '*']},
    {'seed': 'playbook', 'key': ['signal'], 'column': 'can_move', 'words': ['1', '0']},
] %}

with
{% for seed in vocabulary | map(attribute='seed') | unique %}
    {{ seed }} as (

        select * from {{ ref(seed) }}

    ),
{% endfor %}
used_words as (
    {% for entry in vocabulary %}
        select
            '{{ entry.seed }}.csv' as file_name,
            {{ row_key(entry.key) }} as row_key,
            '{{ entry.column }}' as column_name,
            cast({{ entry.column }} as {{ dbt.type_string() }}) as word,
            '{{ entry.words | join(", ") }}' as choices,
            case cast({{ entry.column }} as {{ dbt.type_string() }})
                {% for word in entry.words %}
                    when '{{ word }}' then 1
                {% endfor %}
                else 0
            end as is_known

        from {{ entry.seed }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

unknown_words as (

    select
        cast(file_name as {{ dbt.type_string() }}) as file_name,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(
            column_name || ' "' || word || '" is not known; use one of: ' || choices
            as {{ dbt.type_string() }}
        ) as problem

    from used_words

    -- An empty cell is reported by int_config_errors_cells.
    where is_known = 0 and word is not null

)

select * from unknown_words

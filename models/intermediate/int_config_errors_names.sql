-- One row per cell of the seeds that names something which does not exist.

{% set uses = [
    {'seed': 'signal_rules', 'key': ['scorecard', 'profile', 'signal'],
        'columns': ['scorecard', 'profile', 'signal']},
    {'seed': 'signal_inputs', 'key': ['signal', 'table_name', 'column_name'],
        'columns': ['signal']},
    {'seed': 'dimension_weights', 'key': ['scorecard', 'profile', 'dimension'],
        'columns': ['scorecard', 'profile', 'dimension']},
    {'seed': 'health_bands', 'key': ['scorecard', 'band'], 'columns': ['scorecard']},
    {'seed': 'score_caps', 'key': ['scorecard', 'cap_name'], 'columns': ['scorecard', 'signal']},
    {'seed': 'playbook', 'key': ['signal'], 'columns': ['signal']},
] %}

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
{% for use in uses %}
    {{ use.seed }} as (

        select * from {{ ref(use.seed) }}

    ),
{% endfor %}
known_names as (

    select
        'scorecard' as column_name,
        scorecard as known_name

    from scorecards

    union all

    select
        'profile' as column_name,
        profile as known_name

    from profiles

    union all

    select
        'profile' as column_name,
        '*' as known_name

    union all

    select
        'signal' as column_name,
        signal as known_name

    from signals

    union all

    select
        'dimension' as column_name,
        dimension as known_name

    from signals

),

used_names as (
    {% for use in uses %}
        {% set outer_loop = loop %}
        {% for column in use.columns %}
            select
                '{{ use.seed }}.csv' as file_name,
                {{ row_key(use.key) }} as row_key,
                '{{ column }}' as column_name,
                {{ column }} as used_name

            from {{ use.seed }}
            {% if not (outer_loop.last and loop.last) %}
                union all
            {% endif %}
        {% endfor %}
    {% endfor %}
),

unknown_names as (

    select
        used_names.file_name,
        used_names.row_key,
        'there is no ' || used_names.column_name || ' "' || used_names.used_name || '"; '
        || case used_names.column_name
            when 'dimension' then 'use one that a signal in signals.csv has'
            else 'correct the name or add it to ' || used_names.column_name || 's.csv'
        end as problem

    from used_names

    left join known_names
        on used_names.column_name = known_names.column_name
        and used_names.used_name = known_names.known_name

    -- An empty cell is reported by int_config_errors_cells.
    where known_names.known_name is null and used_names.used_name is not null

),

unknown_inputs as (

    select
        'signal_inputs.csv' as file_name,
        {{ row_key(['signal', 'table_name', 'column_name']) }} as row_key,
        'the input contract has no ' || table_name || '.' || column_name
        || '; correct the name, or write * for the table as a whole' as problem

    from signal_inputs

    where
        table_name || '.' || column_name not in (
            {% for column in contract_columns() %}
                '{{ column }}',
            {% endfor %}
            ''
        )

),

problems as (

    select * from unknown_names

    union all

    select * from unknown_inputs

),

typed as (

    select
        cast(file_name as {{ dbt.type_string() }}) as file_name,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(problem as {{ dbt.type_string() }}) as problem

    from problems

)

select * from typed

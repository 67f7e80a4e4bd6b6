-- One row per thing that makes no sense in the seeds of the worklist and of the lifecycle.

with

urgencies as (

    select * from {{ ref('renewal_urgency') }}

),

steps as (

    select * from {{ ref('lifecycle_steps') }}

),

signals as (

    select * from {{ ref('signals') }}

),

known_stages as (
    {% for stage in ['conversion', 'lapsed', 'onboarding', 'retention', 'expansion'] %}
        select '{{ stage }}' as stage
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

urgency_counts as (

    select count(*) as row_count from urgencies

),

in_order as (

    select
        days_from,
        factor,
        lag(factor) over (order by days_from) as nearer_factor

    from urgencies

),

last_positions as (

    select
        stage,
        max(position) as last_position

    from steps

    group by stage

),

problems as (

    select
        'renewal_urgency.csv' as file_name,
        '(no row)' as row_key,
        'there is no step, so nothing can be ranked; write one from 0 days with the factor 1' as problem
    from urgency_counts
    where row_count = 0

    union all

    select
        'renewal_urgency.csv' as file_name,
        {{ row_key(['days_from']) }} as row_key,
        'a factor is above 0; to leave an account out, snooze it in worklist_snoozes.csv' as problem
    from urgencies
    where factor <= 0

    union all

    select
        'renewal_urgency.csv' as file_name,
        {{ row_key(['days_from']) }} as row_key,
        'days are counted from 0; overdue renewals count as the highest step anyway' as problem
    from urgencies
    where days_from < 0

    union all

    select
        'renewal_urgency.csv' as file_name,
        {{ row_key(['days_from']) }} as row_key,
        'a later renewal weighs more than a nearer one; lower the factor or the days' as problem
    from in_order
    where factor > nearer_factor

    union all

    select
        'lifecycle_steps.csv' as file_name,
        {{ row_key(['stage', 'position'], 'steps') }} as row_key,
        'there is no signal "' || steps.signal || '"; correct the name, '
        || 'or write * for a step that no data can tell' as problem
    from steps
    left join signals
        on steps.signal = signals.signal
    where signals.signal is null and steps.signal <> '*'

    union all

    select
        'lifecycle_steps.csv' as file_name,
        {{ row_key(['stage', 'position'], 'steps') }} as row_key,
        'signal and comparison are both * or neither is; name what is compared, and how' as problem
    from steps
    where (steps.signal = '*' and steps.comparison <> '*') or (steps.signal <> '*' and steps.comparison = '*')

    union all

    select
        'lifecycle_steps.csv' as file_name,
        {{ row_key(['stage'], 'known_stages') }} as row_key,
        'the stage has no step that stays open; let its last step be one of the signal *' as problem
    from known_stages
    left join last_positions
        on known_stages.stage = last_positions.stage
    left join steps
        on last_positions.stage = steps.stage
        and last_positions.last_position = steps.position
        and steps.signal = '*'
    where steps.stage is null

),

typed as (

    select
        cast(file_name as {{ dbt.type_string() }}) as file_name,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(problem as {{ dbt.type_string() }}) as problem

    from problems

)

select * from typed

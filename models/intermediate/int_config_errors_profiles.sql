-- One row per profile of profiles.csv that can match too much, too little or in no order.

with

profiles as (

    select * from {{ ref('profiles') }}

),

defaults as (

    select
        count(*) as default_count,
        max(priority) as default_priority

    from profiles

    where profile = 'default'

),

described as (

    select
        profiles.profile,
        profiles.priority,
        profiles.account_age_days_from,
        profiles.account_age_days_below,
        profiles.employee_count_from,
        profiles.employee_count_below,
        profiles.seats_from,
        profiles.seats_below,
        defaults.default_priority,
        count(*) over (partition by profiles.priority) as profiles_with_this_priority,
        case
            when
                profiles.lifecycle_stage <> '*'
                or profiles.plan <> '*'
                or coalesce(
                    profiles.account_age_days_from, profiles.account_age_days_below,
                    profiles.employee_count_from, profiles.employee_count_below,
                    profiles.seats_from, profiles.seats_below
                ) is not null
                then 1
            else 0
        end as has_condition

    from profiles

    cross join defaults

),

problems as (

    select
        'profile=default' as row_key,
        'there is no profile default; add it, with the highest priority number' as problem
    from defaults
    where default_count = 0

    union all

    select
        {{ row_key(['profile']) }} as row_key,
        'default takes every account that no other profile takes; remove its conditions' as problem
    from described
    where profile = 'default' and has_condition = 1

    union all

    select
        {{ row_key(['profile']) }} as row_key,
        'the profile has no condition and takes every account; '
        || 'add one, for only default has none' as problem
    from described
    where profile <> 'default' and has_condition = 0

    union all

    select
        {{ row_key(['profile']) }} as row_key,
        'the profile is tried after default and never reached; '
        || 'give it a lower priority number' as problem
    from described
    where priority > default_priority

    union all

    select
        {{ row_key(['profile']) }} as row_key,
        'another profile has the same priority; give each its own number' as problem
    from described
    where profiles_with_this_priority > 1

    union all

    select
        {{ row_key(['profile']) }} as row_key,
        'no account can match; each _from must be below its _below' as problem
    from described
    where
        account_age_days_from >= account_age_days_below
        or employee_count_from >= employee_count_below
        or seats_from >= seats_below

    union all

    select
        {{ row_key(['profile']) }} as row_key,
        '* stands for any profile in the other seeds; use another name' as problem
    from described
    where profile = '*'

),

typed as (

    select
        cast('profiles.csv' as {{ dbt.type_string() }}) as file_name,
        cast(row_key as {{ dbt.type_string() }}) as row_key,
        cast(problem as {{ dbt.type_string() }}) as problem

    from problems

)

select * from typed

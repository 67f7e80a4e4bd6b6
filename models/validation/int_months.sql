-- One row per whole month, from the first that was paid for to the last complete one.

with

paid_periods as (

    select * from {{ ref('int_paid_periods') }}

),

last_complete as (

    select * from {{ ref('int_last_complete_day') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

numbers as (

    {{ dbt.generate_series(1320) }}

),

first_months as (

    select cast({{ dbt.date_trunc('month', 'min(first_date)') }} as date) as first_month

    from paid_periods

),

months as (

    select
        cast({{ dbt.dateadd('month', 'numbers.generated_number - 1', 'first_months.first_month') }} as date)
            as first_date,
        cast({{ dbt.dateadd('month', 'numbers.generated_number', 'first_months.first_month') }} as date)
            as next_date

    from first_months

    cross join numbers

)

select
    months.first_date as month,
    {{ days_before('months.first_date', 1) }} as opening_date,
    {{ days_before('months.next_date', 1) }} as closing_date,
    cast(case
        when
            {{ days_before('months.next_date', 1) }}
            <= {{ days_before('last_complete.score_date', 'settings.reactivation_gap_days') }}
            then 1
        else 0
    end as integer) as is_final
from months
cross join last_complete
cross join settings
where {{ days_before('months.next_date', 1) }} <= last_complete.score_date

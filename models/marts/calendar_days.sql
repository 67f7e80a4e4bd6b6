-- One row per calendar day of the ten years up to the newest score date.

with

score_dates as (

    select * from {{ audited('int_score_dates') }}

),

newest as (

    select max(score_date) as score_date from score_dates

),

numbers as (

    {{ dbt.generate_series(3653) }}

)

select {{ days_before('newest.score_date', 'numbers.generated_number - 1') }} as calendar_date
from newest
cross join numbers

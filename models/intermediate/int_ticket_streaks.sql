-- One row per live account and score date whose run of days with a new ticket still holds.

with

tickets as (

    select * from {{ ref('int_ticket_dates') }}

),

ticket_days as (

    select distinct
        account_id,
        score_date,
        opened_on

    from tickets

),

numbered as (

    select
        account_id,
        score_date,
        opened_on,
        {{ dbt.datediff('opened_on', 'score_date', 'day') }} as days_ago,
        row_number() over (
            partition by
                account_id,
                score_date
            order by opened_on desc
        ) as day_number

    from ticket_days

),

runs as (

    select
        account_id,
        score_date,
        days_ago - day_number as run_key,
        min(days_ago) as ended_days_ago,
        count(*) as day_count

    from numbered

    group by
        account_id,
        score_date,
        days_ago - day_number

)

select
    account_id,
    score_date,
    cast(day_count as integer) as ticket_streak_days
from runs
where ended_days_ago <= 1

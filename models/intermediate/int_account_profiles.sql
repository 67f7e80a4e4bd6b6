-- One row per live account and score date: the first profile whose conditions all hold.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

profiles as (

    select * from {{ ref('profiles') }}

),

matches as (

    select
        accounts.account_id,
        accounts.score_date,
        profiles.profile,
        row_number() over (
            partition by
                accounts.account_id,
                accounts.score_date
            order by profiles.priority
        ) as match_number

    from accounts

    inner join profiles
        on (profiles.lifecycle_stage = '*' or accounts.lifecycle_stage = profiles.lifecycle_stage)
        and (profiles.plan = '*' or accounts.plan = profiles.plan)
        and (profiles.account_age_days_from is null or accounts.account_age_days >= profiles.account_age_days_from)
        and (profiles.account_age_days_below is null or accounts.account_age_days < profiles.account_age_days_below)
        and (profiles.employee_count_from is null or accounts.employee_count >= profiles.employee_count_from)
        and (profiles.employee_count_below is null or accounts.employee_count < profiles.employee_count_below)
        and (profiles.seats_from is null or accounts.seats >= profiles.seats_from)
        and (profiles.seats_below is null or accounts.seats < profiles.seats_below)

)

select
    account_id,
    score_date,
    profile
from matches
where match_number = 1

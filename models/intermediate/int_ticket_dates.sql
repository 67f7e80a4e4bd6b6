-- One row per ticket and score date, as it stood and was known then.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

tickets as (

    select * from {{ ref('stg_support_tickets') }}

),

as_known as (

    select
        tickets.ticket_id,
        accounts.account_id,
        accounts.score_date,
        tickets.happened_on as opened_on,
        tickets.severity,
        tickets.ticket_type,
        tickets.contact_count,
        tickets.opened_at,
        {{ happened_by('tickets.first_responded_at', 'accounts.score_date') }} as first_responded_at,
        {{ happened_by('tickets.resolved_at', 'accounts.score_date') }} as resolved_at,
        {{ happened_by('tickets.reopened_at', 'accounts.score_date') }} as reopened_at

    from accounts

    inner join tickets
        on accounts.account_id = tickets.account_id
        and accounts.score_date >= tickets.happened_on
        and {{ known_by('tickets', 'accounts.score_date') }}

)

select
    ticket_id,
    account_id,
    score_date,
    opened_on,
    severity,
    ticket_type,
    contact_count,
    opened_at,
    first_responded_at,
    resolved_at,
    reopened_at,
    cast(case when reopened_at is null then 0 else 1 end as integer) as is_reopened,
    cast(
        case
            when resolved_at is null then 1
            when reopened_at is null then 0
            when reopened_at < resolved_at then 0
            else 1
        end as integer
    ) as is_open
from as_known

-- One row per row of ravenstack_support_tickets.

with

source as (

    select * from {{ source('ravenstack', 'ravenstack_support_tickets') }}

),

renamed as (

    select
        {{ parsed('ravenstack', 'ravenstack_support_tickets', 'ticket_id', 'text') }} as ticket_id,
        {{ parsed('ravenstack', 'ravenstack_support_tickets', 'account_id', 'text') }} as account_id,
        {{ parsed('ravenstack', 'ravenstack_support_tickets', 'submitted_at', 'timestamp') }} as opened_at,
        {{ parsed('ravenstack', 'ravenstack_support_tickets', 'closed_at', 'timestamp') }} as resolved_at,
        {{ parsed('ravenstack', 'ravenstack_support_tickets', 'priority', 'text') }} as priority,
        cast(
            {{ parsed('ravenstack', 'ravenstack_support_tickets', 'first_response_time_minutes', 'number') }}
            as integer
        ) as first_response_minutes,
        {{ parse_error('ravenstack', 'ravenstack_support_tickets', {
            'submitted_at': 'timestamp',
            'closed_at': 'timestamp',
            'first_response_time_minutes': 'number',
        }) }} as parse_error

    from source

)

select
    ticket_id,
    account_id,
    opened_at,
    {{ dbt.dateadd('minute', 'first_response_minutes', 'opened_at') }} as first_responded_at,
    resolved_at,
    cast(case priority
        when 'medium' then 'normal'
        when 'urgent' then 'critical'
        else priority
    end as {{ dbt.type_string() }}) as severity,
    parse_error
from renamed

-- One row per row of ravenstack_support_tickets with a satisfaction score: the answer at its end.

with

source as (

    select * from {{ source('ravenstack', 'ravenstack_support_tickets') }}

),

renamed as (

    select
        {{ parsed('ravenstack', 'ravenstack_support_tickets', 'ticket_id', 'text') }} as response_id,
        {{ parsed('ravenstack', 'ravenstack_support_tickets', 'account_id', 'text') }} as account_id,
        cast('csat' as {{ dbt.type_string() }}) as survey_type,
        {{ parsed('ravenstack', 'ravenstack_support_tickets', 'satisfaction_score', 'number') }} as score,
        {{ parsed('ravenstack', 'ravenstack_support_tickets', 'closed_at', 'timestamp') }} as responded_at,
        {{ parse_error('ravenstack', 'ravenstack_support_tickets', {
            'satisfaction_score': 'number',
            'closed_at': 'timestamp',
        }) }} as parse_error

    from source

    where {{ parsed('ravenstack', 'ravenstack_support_tickets', 'satisfaction_score', 'text') }} is not null

)

select * from renamed

-- One row per row of ravenstack_churn_events.

with

source as (

    select * from {{ source('ravenstack', 'ravenstack_churn_events') }}

),

renamed as (

    select
        {{ parsed('ravenstack', 'ravenstack_churn_events', 'churn_event_id', 'text') }} as event_id,
        {{ parsed('ravenstack', 'ravenstack_churn_events', 'account_id', 'text') }} as account_id,
        {{ parsed('ravenstack', 'ravenstack_churn_events', 'churn_date', 'timestamp') }} as churned_at,
        {{ parsed('ravenstack', 'ravenstack_churn_events', 'reason_code', 'text') }} as reason_code,
        {{ parsed('ravenstack', 'ravenstack_churn_events', 'is_reactivation', 'boolean') }} as is_reactivation,
        {{ parse_error('ravenstack', 'ravenstack_churn_events', {
            'churn_date': 'timestamp',
            'is_reactivation': 'boolean',
        }) }} as parse_error

    from source

)

select * from renamed

-- One row per row of ravenstack_subscriptions.

with

source as (

    select * from {{ source('ravenstack', 'ravenstack_subscriptions') }}

),

renamed as (

    select
        {{ parsed('ravenstack', 'ravenstack_subscriptions', 'subscription_id', 'text') }} as subscription_id,
        {{ parsed('ravenstack', 'ravenstack_subscriptions', 'account_id', 'text') }} as account_id,
        {{ parsed('ravenstack', 'ravenstack_subscriptions', 'plan_tier', 'text') }} as plan,
        {{ parsed('ravenstack', 'ravenstack_subscriptions', 'mrr_amount', 'number') }} as mrr,
        {{ parsed('ravenstack', 'ravenstack_subscriptions', 'seats', 'number') }} as seats,
        {{ parsed('ravenstack', 'ravenstack_subscriptions', 'start_date', 'timestamp') }} as started_at,
        {{ parsed('ravenstack', 'ravenstack_subscriptions', 'end_date', 'timestamp') }} as ended_at,
        {{ parsed('ravenstack', 'ravenstack_subscriptions', 'is_trial', 'boolean') }} as is_trial,
        {{ parse_error('ravenstack', 'ravenstack_subscriptions', {
            'mrr_amount': 'number',
            'seats': 'number',
            'start_date': 'timestamp',
            'end_date': 'timestamp',
            'is_trial': 'boolean',
        }) }} as parse_error

    from source

)

select * from renamed

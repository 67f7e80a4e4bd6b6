-- One row per row of ravenstack_accounts.

with

source as (

    select * from {{ source('ravenstack', 'ravenstack_accounts') }}

),

renamed as (

    select
        {{ parsed('ravenstack', 'ravenstack_accounts', 'account_id', 'text') }} as account_id,
        {{ parsed('ravenstack', 'ravenstack_accounts', 'account_name', 'text') }} as account_name,
        {{ parsed('ravenstack', 'ravenstack_accounts', 'plan_tier', 'text') }} as plan,
        {{ parsed('ravenstack', 'ravenstack_accounts', 'industry', 'text') }} as industry,
        {{ parsed('ravenstack', 'ravenstack_accounts', 'country', 'text') }} as region,
        {{ parsed('ravenstack', 'ravenstack_accounts', 'signup_date', 'timestamp') }} as signed_up_at,
        {{ parse_error('ravenstack', 'ravenstack_accounts', {
            'signup_date': 'timestamp',
        }) }} as parse_error

    from source

)

select * from renamed

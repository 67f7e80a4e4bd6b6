-- One row per row of ravenstack_feature_usage; ids that repeat are kept, for their content differs.

with

source as (

    select * from {{ source('ravenstack', 'ravenstack_feature_usage') }}

),

subscriptions as (

    select * from {{ ref('stg_ravenstack__subscriptions') }}

),

renamed as (

    select
        {{ parsed('ravenstack', 'ravenstack_feature_usage', 'usage_id', 'text') }} as event_id,
        {{ parsed('ravenstack', 'ravenstack_feature_usage', 'subscription_id', 'text') }} as subscription_id,
        {{ parsed('ravenstack', 'ravenstack_feature_usage', 'feature_name', 'text') }} as feature,
        {{ parsed('ravenstack', 'ravenstack_feature_usage', 'usage_date', 'timestamp') }} as occurred_at,
        {{ parsed('ravenstack', 'ravenstack_feature_usage', 'usage_duration_secs', 'number') }} as duration_seconds,
        {{ parse_error('ravenstack', 'ravenstack_feature_usage', {
            'usage_date': 'timestamp',
            'usage_duration_secs': 'number',
        }) }} as parse_error

    from source

),

owners as (

    select
        subscription_id,
        min(account_id) as account_id

    from subscriptions

    group by subscription_id

)

select
    renamed.event_id,
    owners.account_id,
    renamed.feature,
    renamed.occurred_at,
    renamed.duration_seconds,
    case
        when renamed.parse_error is not null then renamed.parse_error
        when owners.subscription_id is null then 'subscription_id is unknown'
    end as parse_error
from renamed
left join owners
    on renamed.subscription_id = owners.subscription_id

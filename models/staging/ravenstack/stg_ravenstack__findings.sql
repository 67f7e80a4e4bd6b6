-- One row per contradiction between the tables of RavenStack that the input contract cannot hold.

with

feature_usage as (

    select * from {{ source('ravenstack', 'ravenstack_feature_usage') }}

),

source_accounts as (

    select * from {{ source('ravenstack', 'ravenstack_accounts') }}

),

subscriptions as (

    select * from {{ ref('stg_ravenstack__subscriptions') }}

),

churn_events as (

    select * from {{ ref('stg_ravenstack__churn_events') }}

),

usage_rows as (

    select
        {{ parsed('ravenstack', 'ravenstack_feature_usage', 'subscription_id', 'text') }} as subscription_id,
        {{ parsed('ravenstack', 'ravenstack_feature_usage', 'usage_date', 'timestamp') }} as occurred_at,
        {{ parsed('ravenstack', 'ravenstack_feature_usage', 'usage_count', 'number') }} as usage_count

    from feature_usage

),

accounts as (

    select
        {{ parsed('ravenstack', 'ravenstack_accounts', 'account_id', 'text') }} as account_id,
        {{ parsed('ravenstack', 'ravenstack_accounts', 'churn_flag', 'boolean') }} as is_churned

    from source_accounts

),

churned_accounts as (

    select distinct account_id

    from churn_events

    -- What cannot be read is rejected and not used.
    where parse_error is null

),

found as (

    select
        'usage outside its subscription' as finding,
        count(*) as row_count,
        'rows lie outside the subscription they name; they count for the account' as detail

    from usage_rows

    inner join subscriptions
        on usage_rows.subscription_id = subscriptions.subscription_id

    where
        usage_rows.occurred_at < subscriptions.started_at
        or usage_rows.occurred_at > subscriptions.ended_at

    union all

    select
        'usage of nothing' as finding,
        count(*) as row_count,
        'usage rows have a usage_count of 0; each counts as one event' as detail

    from usage_rows

    where usage_count = 0

    union all

    select
        'churn flag without churn event' as finding,
        count(*) as row_count,
        'accounts are flagged as churned and have no churn event; the flag is not used' as detail

    from accounts

    left join churned_accounts
        on accounts.account_id = churned_accounts.account_id

    where
        accounts.is_churned = 1
        and churned_accounts.account_id is null

    union all

    select
        'churn event without churn flag' as finding,
        count(*) as row_count,
        'accounts have a churn event and are not flagged as churned; the event is used' as detail

    from accounts

    inner join churned_accounts
        on accounts.account_id = churned_accounts.account_id

    where accounts.is_churned = 0

)

select
    cast(finding as {{ dbt.type_string() }}) as finding,
    cast('information' as {{ dbt.type_string() }}) as severity,
    cast('ravenstack' as {{ dbt.type_string() }}) as subject,
    cast(row_count as bigint) as row_count,
    cast(detail as {{ dbt.type_string() }}) as detail,
    cast('A property of the public data set; take its churn figures with care.' as {{ dbt.type_string() }}) as remedy
from found

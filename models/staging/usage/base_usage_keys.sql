-- One row per account that usage may count for, and per account or person that was erased.

with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

erasure_requests as (

    select * from {{ ref('stg_erasure_requests') }}

),

keys as (

    select
        'account' as kind,
        account_id as key_value

    from accounts

    union

    select
        'erased account' as kind,
        account_id as key_value

    from erasure_requests

    union

    select
        'erased user' as kind,
        user_id as key_value

    from erasure_requests

)

select
    cast(kind as {{ dbt.type_string() }}) as kind,
    key_value
from keys
where key_value is not null

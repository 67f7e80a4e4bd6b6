-- One row per delivered row that breaks the input contract.

with

rejected as (

    {{ rejected_row_list() }}

)

select
    cast(table_name as {{ dbt.type_string() }}) as table_name,
    cast(connector as {{ dbt.type_string() }}) as connector,
    cast(row_key as {{ dbt.type_string() }}) as row_key,
    cast(account_id as {{ dbt.type_string() }}) as account_id,
    cast(reject_reason as {{ dbt.type_string() }}) as reason
from rejected

-- One row per connector, table and column of the input contract that is fed.

with

fed as (

    {{ fed_column_rows() }}

)

select
    cast(connector as {{ dbt.type_string() }}) as connector,
    cast(table_name as {{ dbt.type_string() }}) as table_name,
    cast(column_name as {{ dbt.type_string() }}) as column_name
from fed

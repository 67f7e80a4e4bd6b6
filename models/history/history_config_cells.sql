-- One row per configuration, config seed, row and column: the full content of every configuration used.

with

cells as (

    {{ config_cells() }}

),

versions as (

    select * from {{ scored('int_config_version') }}

)

select
    versions.config_version,
    cast(cells.seed as {{ dbt.type_string() }}) as seed,
    cast(cells.row_index as integer) as row_index,
    cast(cells.column_name as {{ dbt.type_string() }}) as column_name,
    cast(cells.cell as {{ dbt.type_string() }}) as cell
from cells
cross join versions

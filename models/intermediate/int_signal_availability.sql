-- One row per signal: whether everything that it needs is fed, and what is not.

with

signals as (

    select * from {{ ref('signals') }}

),

signal_inputs as (

    select * from {{ ref('signal_inputs') }}

),

fed_columns as (

    select * from {{ ref('int_fed_columns') }}

),

fed as (

    select distinct
        table_name,
        column_name

    from fed_columns

    union

    select distinct
        table_name,
        '*' as column_name

    from fed_columns

),

missing_inputs as (

    select
        signal_inputs.signal,
        signal_inputs.table_name || '.' || signal_inputs.column_name as missing_input

    from signal_inputs

    left join fed
        on signal_inputs.table_name = fed.table_name
        and signal_inputs.column_name = fed.column_name

    where fed.table_name is null

),

missing_lists as (

    select
        signal,
        {{ dbt.listagg('missing_input', "', '", "order by missing_input") }} as missing_inputs

    from missing_inputs

    group by signal

)

select
    signals.signal,
    signals.dimension,
    cast(case when missing_lists.signal is null then 1 else 0 end as integer) as is_fed,
    missing_lists.missing_inputs
from signals
left join missing_lists
    on signals.signal = missing_lists.signal

-- One row per account, score date and signal that a signal model emitted.

with

emitted as (

    {{ signal_values() }}

)

select
    cast(account_id as {{ dbt.type_string() }}) as account_id,
    cast(score_date as date) as score_date,
    cast(signal as {{ dbt.type_string() }}) as signal,
    {{ rounded('value') }} as value,
    cast(observed_on as date) as observed_on
from emitted

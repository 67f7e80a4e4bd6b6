-- One row: the fingerprint of the alert rules, so that what opens by a changed rule is told from what happened.

with

rules as (

    select * from {{ ref('alert_rules') }}

),

row_hashes as (

    select
        {{ dbt.hash(row_content(
            texts=['rule', 'kind', 'signal', 'band', 'worse', 'compared_with'],
            numbers=[
                'threshold', 'recover_threshold', 'look_back_days', 'recover_days', 'cooldown_days',
            ]
        )) }} as row_hash

    from rules

),

joined as (

    select {{ dbt.listagg('row_hash', "','", 'order by row_hash') }} as row_hashes

    from row_hashes

)

select cast(substr({{ dbt.hash('row_hashes') }}, 1, 12) as {{ dbt.type_string() }}) as rules_version
from joined

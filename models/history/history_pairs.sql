-- One row per pair of score dates that was compared.

with

pairs as (

    select * from {{ ref('int_change_pairs') }}

),

-- Written after the changes of the pairs: what is named here is in the ledger.
changes as (

    select count(*) as part_count from {{ ref('history_changes') }}

)

select
    pairs.compared_with,
    pairs.score_date,
    pairs.config_version,
    pairs.from_date,
    pairs.from_config_version,
    pairs.is_split
from pairs
cross join changes

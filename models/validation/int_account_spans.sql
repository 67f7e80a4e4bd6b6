-- One row per account and time in which what it is grouped by stayed the same.

with

spans as (

    {{ attribute_spans(
        ref('stg_accounts'),
        ref('stg_account_versions'),
        'account_id',
        ['plan', 'industry', 'region', 'csm'],
    ) }}

)

select
    account_id,
    plan,
    industry,
    region,
    csm,
    first_date,
    next_date
from spans

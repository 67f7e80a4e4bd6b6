-- One row: what the backtest was made of, so that it need not be made again before that changes.

with

last_complete as (

    select * from {{ ref('int_last_complete_day') }}

),

versions as (

    select * from {{ ref('int_config_version') }}

)

select
    {{ days_before(dbt.date_trunc('week', dbt.dateadd('day', 1, 'last_complete.score_date')), 1) }} as judged_until,
    versions.config_version,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version,
    cast('{{ var("churn_source") }}' as {{ dbt.type_string() }}) as churn_source
from last_complete
cross join versions

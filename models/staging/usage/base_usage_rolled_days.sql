-- One row per UTC day whose usage is rolled up: from what.
-- depends_on: {{ ref('base_usage_due_days') }}, {{ ref('base_usage_events') }}, {{ ref('stg_usage_days') }}, {{ ref('stg_feature_days') }}

with

deliveries as (

    select * from {{ ref('base_usage_deliveries') }}

),

delivered as (

    select
        event_date,
        sum(row_count) as row_count,
        case when count(newest_loaded_at) = count(*) then max(newest_loaded_at) end as newest_loaded_at

    from deliveries

    {% if is_incremental() -%}
    where event_date in (select event_date from {{ ref('base_usage_due_days') }})

    {% endif -%}
    group by event_date

)

select
    event_date,
    cast(row_count as bigint) as row_count,
    newest_loaded_at,
    cast('{{ usage_made_with() }}' as {{ dbt.type_string() }}) as made_with,
    cast('{{ run_started_at.strftime("%Y%m%dT%H%M%S%fZ") }}' as {{ dbt.type_string() }}) as rolled_in
from delivered

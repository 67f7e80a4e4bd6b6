-- One row per configuration that was used.

with

cells as (

    select * from {{ audited('history_config_cells') }}

),

history_uses as (

    select * from {{ audited('history_uses') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

),

score_dates as (

    select * from {{ audited('int_score_dates') }}

),

last_dates as (

    select max(score_date) as score_date from score_dates

),

lines as (

    select
        config_version,
        seed || ' ' || row_index || ' ' || column_name || '=' || coalesce(cell, '') as cell_line

    from cells

),

contents as (

    select
        config_version,
        {{ dbt.listagg('cell_line', "'\n'", 'order by cell_line') }} as full_content

    from lines

    group by config_version

),

uses as (

    select
        config_version,
        min(score_date) as first_used_on,
        max(score_date) as last_used_on,
        min(known_until) as in_use_since,
        count(*) as score_date_count

    from history_uses

    group by config_version

)

select
    contents.config_version,
    uses.first_used_on,
    uses.last_used_on,
    uses.in_use_since,
    cast(coalesce(uses.score_date_count, 0) as integer) as score_date_count,
    cast(case when versions.config_version is null then 0 else 1 end as integer) as is_current,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version,
    cast(contents.full_content as {{ dbt.type_string() }}) as content,
    last_dates.score_date
from contents
cross join last_dates
left join uses
    on contents.config_version = uses.config_version
left join versions
    on contents.config_version = versions.config_version

{#
    Usage is rolled up by UTC day, and a day is rolled up again when what was
    delivered for it changed. Rows without a time belong to the first day of all.
#}
{% macro usage_day(time) -%}
    cast(coalesce({{ time }}, {{ start_of_time() }}) as date)
{%- endmacro %}

{#
    Condition on a row of usage_events: its day is among those of `days`, a
    relation with event_date, and `only` of them. First and last day are read
    before the query is written, so that an engine skips the files, partitions
    and rows outside while it reads.
#}
{% macro on_days(time, days, only='1 = 1') -%}
    {%- set bounds = day_bounds(days, only) -%}
    {{ usage_day(time) }} in (select event_date from {{ days }} where {{ only }})
    {%- if bounds %}
        and {{ time }} >= cast('{{ bounds[0] }}' as {{ dbt.type_timestamp() }})
        and {{ time }} < cast('{{ bounds[1] }}' as {{ dbt.type_timestamp() }})
    {%- endif %}
{%- endmacro %}

{#
    First day, and the day after the last, the same where there is none; nothing
    where they are not known yet, with --full-refresh, or where rows without a
    time belong to them.
#}
{% macro day_bounds(days, only) -%}
    {%- set found = adapter.get_relation(days.database, days.schema, days.identifier)
        if execute and not flags.FULL_REFRESH -%}
    {%- if found -%}
        {%- set query -%}
            select
                cast(coalesce(min(event_date), cast('1970-01-01' as date)) as {{ dbt.type_string() }}) as first_day,
                cast(cast(coalesce(
                    {{ dbt.dateadd('day', 1, 'max(event_date)') }}, cast('1970-01-01' as date)
                ) as date) as {{ dbt.type_string() }}) as day_after,
                case when min(event_date) = cast({{ start_of_time() }} as date) then 1 else 0 end as is_untimed
            from {{ found }}
            where {{ only }}
        {%- endset -%}
        {%- set bounds = run_query(query).rows[0] -%}
        {{ return(none if bounds[2] else bounds) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{#
    The rows of a table as the last run left it, for the models that decide what
    is due; none before the first run or with --full-refresh. `columns` are those
    that are read, and their types.
#}
{% macro left_behind(schema, name, columns) -%}
    {%- set found = adapter.get_relation(target.database, generate_schema_name(schema, none), name)
        if execute and not flags.FULL_REFRESH -%}
    {%- if found -%}
    select
        {{ columns.keys() | join(',\n        ') }}
    from {{ found }}
    {%- else -%}
    select
        {%- for column, type in columns.items() %}
        cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (select 1 as nothing) as nothing
    where 1 = 0
    {%- endif -%}
{%- endmacro %}

{# What a roll-up was made with: the vars that decide how a delivered row is read and from when it counts. #}
{% macro usage_made_with() -%}
    {%- set parts = [var('scoring_version'), var('input_dir'), var('raw_schema'), var('history_loaded_before'), var('load_grace_hours')] -%}
    {%- for connector in var('inputs').keys() | sort -%}
        {%- do parts.append(connector ~ var('inputs')[connector].get('usage_events') ~ var('formats')[connector]) -%}
    {%- endfor -%}
    {{ local_md5(parts | join(';')) }}
{%- endmacro %}

{# Before a roll-up takes in the due days, it gives up what it had of them. #}
{% macro replace_due_days(day='event_date') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ day }} in (select event_date from {{ ref('base_usage_due_days') }})
    {%- endif -%}
{%- endmacro %}

{# A roll-up of the windows holds their days and no others; those that are due are made anew. #}
{% macro keep_window_days(has_users=false) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where event_date not in (select event_date from {{ ref('int_usage_window_days') }} where is_due = 0)
        {%- if has_users %}
        or user_id in (select user_id from {{ ref('stg_erasure_requests') }} where user_id is not null)
        {%- endif %}
    {%- endif -%}
{%- endmacro %}

{# Of delivered rows those of due days; all of them where nothing is kept. #}
{% macro due_rows(delivered, time) -%}
    select *
    from (
        {{ delivered }}
    ) as delivered_rows
    {%- if is_incremental() %}
    where {{ on_days(time, ref('base_usage_due_days')) }}
    {%- endif %}
{%- endmacro %}

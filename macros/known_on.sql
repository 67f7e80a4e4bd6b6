{#
    The day from which a row counts. A row loaded in bulk, or without a load
    time, was known on the day it happened; a nightly load that arrives within
    the grace counts for the day of the newest time in it; a later one only
    from the day it was loaded, so that no past score moves.
#}
{% macro known_on(happened_at, times) -%}
    {%- set loaded_before = var('history_loaded_before') -%}
    {%- set times_by_load = [] -%}
    {%- for time in times -%}
        {%- do times_by_load.append('case when ' ~ time ~ ' <= loaded_at then ' ~ time ~ ' end') -%}
    {%- endfor -%}
    {%- set newest = 'cast(' ~ latest_time(times_by_load) ~ ' as date)' -%}
    case
        when loaded_at is null then cast({{ happened_at }} as date)
        {%- if loaded_before %}
        when loaded_at <= cast('{{ loaded_before }}' as {{ dbt.type_timestamp() }})
            then cast({{ happened_at }} as date)
        {%- endif %}
        when loaded_at <= {{ dbt.dateadd('hour', 24 + var('load_grace_hours') | int, 'cast(' ~ newest ~ ' as ' ~ dbt.type_timestamp() ~ ')') }}
            then {{ newest }}
        else cast(loaded_at as date)
    end
{%- endmacro %}

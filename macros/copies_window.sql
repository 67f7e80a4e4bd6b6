{#
    The window over the copies of one row, oldest first: when it was known, when
    it was loaded. Copies of a fact have the same key and content; those of an
    entity the same key, and then the newest time in it and its content decide,
    so that ties fall the same way in every run.
#}
{% macro copies_window(meta, columns) -%}
    {%- set is_fact = meta.kind == 'fact' -%}
    partition by
        case when reject_reason is null then 1 else 0 end,
        {{ (columns if is_fact else meta.key) | join(', ') }}
    order by
        known_on,
        coalesce(loaded_at, {{ start_of_time() }})
        {%- if not is_fact -%}
        , coalesce(latest_time, {{ start_of_time() }})
        {%- for column in columns if column not in meta.key -%}
        , coalesce(cast({{ column }} as {{ dbt.type_string() }}), '')
        {%- endfor -%}
        {%- endif -%}
{%- endmacro %}

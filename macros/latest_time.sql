{# The latest of several instants, unknown ones aside; NULL if all are unknown. #}
{% macro latest_time(times) -%}
    nullif(greatest({{ start_of_time() }}
        {%- for time in times -%}
            , coalesce({{ time }}, {{ start_of_time() }})
        {%- endfor -%}
    ), {{ start_of_time() }})
{%- endmacro %}

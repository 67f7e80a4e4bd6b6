{# What all models named in the var signal_models emit, one after the other. #}
{% macro signal_values() -%}
    {%- for model in var('signal_models') %}
    {% if not loop.first %}union all{% endif %}
    select
        account_id,
        score_date,
        signal,
        value,
        observed_on
    from {{ ref(model) }}
    {%- endfor %}
{%- endmacro %}

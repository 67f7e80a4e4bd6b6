{#
    What all models named in the var signal_models emit, one after the other. A
    former configuration does not know the later signals, so those are left out.
#}
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
    {%- if var('later_signals') %}
    where signal not in ('{{ var('later_signals') | join("', '") }}')
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

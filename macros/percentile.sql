{# The continuous percentile of a group, 0.5 for the median, in double precision. #}
{% macro percentile(expression, fraction) -%}
    {{ return(adapter.dispatch('percentile', 'customer_health')(expression, fraction)) }}
{%- endmacro %}

{% macro default__percentile(expression, fraction) -%}
    percentile_cont({{ fraction }}) within group (order by {{ expression }})
{%- endmacro %}

{% macro duckdb__percentile(expression, fraction) -%}
    quantile_cont(cast({{ expression }} as double), {{ fraction }})
{%- endmacro %}

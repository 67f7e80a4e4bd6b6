{#
    A cast that gives NULL for what does not fit. dbt's own is a plain cast on
    DuckDB, which fails on 30 February.
#}
{% macro safe_cast(expression, type) -%}
    {{ return(adapter.dispatch('safe_cast', 'customer_health')(expression, type)) }}
{%- endmacro %}

{% macro default__safe_cast(expression, type) -%}
    {{ dbt.safe_cast(expression, type) }}
{%- endmacro %}

{% macro duckdb__safe_cast(expression, type) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}

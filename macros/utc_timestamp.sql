{#
    The UTC instant, without zone, of a text that ends in a zone or of a value
    with a time zone. It never depends on the session's time zone.
#}
{% macro utc_timestamp(expression) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'customer_health')(expression)) }}
{%- endmacro %}

{% macro default__utc_timestamp(expression) -%}
    cast(cast({{ expression }} as timestamp with time zone) at time zone 'UTC' as timestamp)
{%- endmacro %}

{% macro duckdb__utc_timestamp(expression) -%}
    make_timestamp(epoch_us(try_cast({{ expression }} as timestamptz)))
{%- endmacro %}

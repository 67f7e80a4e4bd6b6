{#
    A key as narrow as the engine can make it, to look for keys that come again:
    the same for the same key, and seldom the same for others. Never stored, for
    engines differ.
#}
{% macro key_hash(key) -%}
    {{ return(adapter.dispatch('key_hash', 'customer_health')(key)) }}
{%- endmacro %}

{% macro default__key_hash(key) -%}
    {{ key }}
{%- endmacro %}

{% macro duckdb__key_hash(key) -%}
    hash({{ key }})
{%- endmacro %}

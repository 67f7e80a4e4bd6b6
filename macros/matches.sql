{# Whether a text matches a regular expression as a whole; engines differ. #}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches', 'customer_health')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches(text, pattern) -%}
    regexp_like({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

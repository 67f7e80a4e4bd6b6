{#
    The daily roll-up that stands for the accepted rows of a contract table with
    too many to keep (account_id, event_date, known_on, event_count); none for
    the tables whose rows are kept.
#}
{% macro rollup_of(table) -%}
    {{ return({'usage_events': 'stg_usage_days'}.get(table)) }}
{%- endmacro %}

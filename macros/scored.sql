{#
    A relation as the history reads it: behind the scoring gate, which depends
    on every tested model of this run, so that only what passed is remembered.
#}
{% macro scored(model) -%}
    {%- set gate = ref('int_scoring_gate') -%}
    {%- set days = ref('int_score_dates') -%}
    {%- set versions = ref('int_config_version') -%}
    {{ ref(model) }}
{%- endmacro %}

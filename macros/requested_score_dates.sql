{#
    The days that were asked for: the var as_of, or lists in the environment,
    which ./health fills so that a night's dates do not make dbt parse anew.
#}
{% macro requested_score_dates() -%}
    {%- set days = env_var('HEALTH_SCORE_DATES', '') or var('as_of') -%}
    {%- for day in days.split(',') if day %}
    select cast('{{ day }}' as date) as score_date
    union all
    {%- endfor %}
    select cast(null as date) as score_date
    where 1 = 0
{%- endmacro %}

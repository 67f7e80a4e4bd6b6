{#
    The days that were asked for: the var as_of, or lists in the environment,
    which ./health fills so that a night's dates do not make dbt parse anew.
    HEALTH_SCORE_DATES are scored as their days' scores; HEALTH_RESCORED_DATES
    only to compare with, under the configuration of today.
#}
{% macro requested_score_dates() -%}
    {%- set due = env_var('HEALTH_SCORE_DATES', '') or var('as_of') -%}
    {%- set lists = {1: due, 0: env_var('HEALTH_RESCORED_DATES', '')} -%}
    {%- for is_due, days in lists.items() -%}
        {%- for day in days.split(',') if day %}
    select cast('{{ day }}' as date) as score_date, {{ is_due }} as is_due
    union all
        {%- endfor -%}
    {%- endfor %}
    select cast(null as date) as score_date, 0 as is_due
    where 1 = 0
{%- endmacro %}

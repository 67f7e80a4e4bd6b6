{#
    Which row of a CSV is meant, in the words of the CSV:
    'scorecard=health, profile=*, signal=nps_latest'.
#}
{% macro row_key(columns) -%}
    {%- for column in columns -%}
    {%- if not loop.first %} || ', {% else %}'{% endif -%}
    {{ column.split('.') | last }}=' || coalesce({{ column }}, '(empty)')
    {%- endfor -%}
{%- endmacro %}

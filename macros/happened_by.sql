{# An instant, or NULL when it lies after the score date: what is not yet has not happened. #}
{% macro happened_by(instant, score_date) -%}
    case when cast({{ instant }} as date) <= {{ score_date }} then {{ instant }} end
{%- endmacro %}

{# The day `days` before a day. A window of N days to D is day > days_before(D, N) and day <= D. #}
{% macro days_before(day, days) -%}
    cast({{ dbt.dateadd('day', '-(' ~ days ~ ')', day) }} as date)
{%- endmacro %}

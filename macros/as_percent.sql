{# A share of 0 to 1 as words for people: '98 %'. NULL stays NULL. #}
{% macro as_percent(share) -%}
    cast(cast(round(cast(100 * ({{ share }}) as numeric(38, 10)), 0) as integer) as {{ dbt.type_string() }}) || ' %'
{%- endmacro %}

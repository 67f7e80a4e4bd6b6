{# A number as words for people, with so many decimals: '58.9'. NULL stays NULL. #}
{% macro as_number(expression, decimals) -%}
    cast(cast(round({{ expression }}, {{ decimals }}) as numeric(28, {{ decimals }})) as {{ dbt.type_string() }})
{%- endmacro %}

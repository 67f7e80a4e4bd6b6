{# What connectors found in sources that the input contract cannot hold. #}
{% macro connector_findings() -%}
    {%- for connector in feeding_connectors('findings') %}
    union all

    select
        finding,
        severity,
        subject,
        row_count,
        detail,
        remedy
    from {{ ref('stg_' ~ connector ~ '__findings') }}
    where row_count > 0
    {% endfor -%}
{%- endmacro %}

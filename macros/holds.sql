{#
    Whether a value keeps the comparison of a seed row (columns comparison and
    threshold). An unknown value keeps none.
#}
{% macro holds(value, rows) -%}
    (
            ({{ rows }}.comparison = '>=' and {{ value }} >= {{ rows }}.threshold)
            or ({{ rows }}.comparison = '>' and {{ value }} > {{ rows }}.threshold)
            or ({{ rows }}.comparison = '<=' and {{ value }} <= {{ rows }}.threshold)
            or ({{ rows }}.comparison = '<' and {{ value }} < {{ rows }}.threshold)
            or ({{ rows }}.comparison = '=' and {{ value }} = {{ rows }}.threshold)
        )
{%- endmacro %}

{#
    Probability that a standard normal lies further from 0 than |z|, both sides:
    the polynomial 26.2.17 of Abramowitz and Stegun, error below 2e-7, because
    engines have no error function in common.
#}
{% macro normal_tail(z) -%}
    2 * 0.3989422804014327 * exp(-({{ z }}) * ({{ z }}) / 2) * (
        {%- for coefficient in (0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429) %}
        {{ '+ ' if not loop.first }}({{ coefficient }}) * power(1 / (1 + 0.2316419 * abs({{ z }})), {{ loop.index }})
        {%- endfor %}
    )
{%- endmacro %}

{#
    The product of two decimals as numeric(28, 6), rounded half away from zero.
    Such a product is exact, so it is rounded once; the step through ten decimals
    that quotients need (see rounded) would make 0.000001 of 0.000000499996.
#}
{% macro rounded_product(factor, other) -%}
    cast(round(({{ factor }}) * ({{ other }}), 6) as numeric(28, 6))
{%- endmacro %}

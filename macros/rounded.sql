{#
    A number as numeric(28, 6), rounded half away from zero. The step through
    ten decimals takes the binary error off a quotient first, so that 3/640 is
    0.004688 everywhere and not 0.004687 where a double falls a hair short.
#}
{% macro rounded(expression) -%}
    cast(round(cast({{ expression }} as numeric(38, 10)), 6) as numeric(28, 6))
{%- endmacro %}

{#
    A number as numeric(28, 6), rounded up: what has to be reached must not fall
    short of it by rounding. Ten decimals take the binary error off first, so that
    40.00000000000001 stays 40.
#}
{% macro rounded_up(expression) -%}
    cast(
        cast(ceil(cast({{ expression }} as numeric(38, 10)) * 1000000) as numeric(28, 0)) * 0.000001
        as numeric(28, 6)
    )
{%- endmacro %}

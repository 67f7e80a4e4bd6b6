{#
    Two counts below 2^26 in one floating-point number that stays whole, because
    a window costs by the column and floating-point sums are the cheapest:
    `packed` writes conditions into numbers, `unpacked` reads the count of the
    condition with an index from such a number, or from a sum of them.
#}
{% macro packed(conditions) -%}
    {%- set numbers = [] -%}
    {%- for two in conditions | batch(2) -%}
        {%- set terms = [] -%}
        {%- for condition in two -%}
            {%- do terms.append('case when ' ~ condition ~ ' then ' ~ 67108864 ** loop.index0 ~ ' else 0 end') -%}
        {%- endfor -%}
        {%- do numbers.append('cast(' ~ terms | join(' + ') ~ ' as ' ~ type_double() ~ ')') -%}
    {%- endfor -%}
    {{ return(numbers) }}
{%- endmacro %}

{% macro unpacked(prefix, index) -%}
    {%- set column = prefix ~ '_' ~ index // 2 -%}
    {%- set upper = 'floor(' ~ column ~ ' / 67108864)' -%}
    {{ return(upper if index % 2 else '(' ~ column ~ ' - 67108864 * ' ~ upper ~ ')') }}
{%- endmacro %}

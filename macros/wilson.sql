{# An end of the Wilson interval of a rate of `rows`: sign - for the lower, + for the upper one. #}
{% macro wilson(rate, rows, z, sign) -%}
    ({{ rate }} + {{ z }} * {{ z }} / (2.0 * {{ rows }})
    {{ sign }} {{ z }} * sqrt(
        ({{ rate }} * (1 - {{ rate }}) + {{ z }} * {{ z }} / (4.0 * {{ rows }})) / {{ rows }}
    )) / (1 + {{ z }} * {{ z }} / {{ rows }})
{%- endmacro %}

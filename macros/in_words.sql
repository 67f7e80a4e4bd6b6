{# A value and its unit in words for people: '34 days', '1 day', '12 %', 'no'. NULL stays NULL. #}
{% macro in_words(value, unit) -%}
    case
        when {{ unit }} = 'ratio' then {{ as_percent(value) }}
        when {{ unit }} = '0 or 1' and {{ value }} = 0 then 'no'
        when {{ unit }} = '0 or 1' then 'yes'
        when {{ unit }} like '%..%' then {{ as_number(value, 1) }} || ' on the scale ' || {{ unit }}
        when {{ value }} = 1 and {{ unit }} like '%s'
            then '1 ' || substring({{ unit }}, 1, {{ dbt.length(unit) }} - 1)
        when {{ value }} = round({{ value }}, 0) then {{ as_number(value, 0) }} || ' ' || {{ unit }}
        else {{ as_number(value, 1) }} || ' ' || {{ unit }}
    end
{%- endmacro %}

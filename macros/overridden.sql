{# A capped score after a person's override; `kind` is NULL when there is none. Round the result. #}
{% macro overridden(score, kind, value) -%}
    case
        when {{ kind }} = 'set' then {{ value }}
        when {{ kind }} = 'cap' and {{ score }} > {{ value }} then {{ value }}
        when {{ kind }} = 'floor' and {{ score }} < {{ value }} then {{ value }}
        else {{ score }}
    end
{%- endmacro %}

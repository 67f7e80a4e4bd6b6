{# The vars that can change a number, as one line for people. #}
{% macro vars_in_force() -%}
    {%- set parts = ['connectors=' ~ var('inputs').keys() | sort | join('+')] -%}
    {%- for name in ['churn_source', 'history_loaded_before', 'load_grace_hours', 'reporting_currency'] -%}
        {%- do parts.append(name ~ '=' ~ var(name)) -%}
    {%- endfor -%}
    {{ parts | join('; ') }}
{%- endmacro %}

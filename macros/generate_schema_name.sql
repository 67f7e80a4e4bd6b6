{#
    Schemas are named as they are, without the target's prefix: marts is marts,
    for every reader, whatever the developer's target is called.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}

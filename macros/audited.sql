{#
    A relation as the marts read it: behind the audit gate, which depends on
    every tested model, so that one failed test stops all marts together.
#}
{% macro audited(model) -%}
    {%- set gate = ref('int_audit_gate') -%}
    {{ ref(model) }}
{%- endmacro %}

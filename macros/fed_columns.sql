{#
    Contract columns of a table that a connector really feeds: for `contract`
    those declared in the var inputs, for any other those its model lists
    (an enforced contract keeps that list true).
#}
{% macro fed_columns(connector, table) -%}
    {%- if connector == 'contract' -%}
        {{ return(var('inputs')['contract'].get(table, {}).keys() | list) }}
    {%- endif -%}
    {%- set model = 'stg_' ~ connector ~ '__' ~ table -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.name == model -%}
        {{ return(node.columns.keys() | list) }}
    {%- endfor -%}
{%- endmacro %}

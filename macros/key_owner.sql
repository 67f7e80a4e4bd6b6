{#
    The table of the input contract whose rows a key column names; empty for
    account_id, which all connectors share, and for columns that are no key.
#}
{% macro key_owner(column) -%}
    {%- for node in graph.sources.values()
        if node.source_name == 'contract'
        and node.config.meta.kind == 'entity'
        and node.config.meta.own_key == column -%}
        {{ return(node.name) }}
    {%- endfor -%}
{%- endmacro %}

{#
    What the input contract says of one table: its kind (entity or fact), key,
    times and columns, read from models/staging/contract/_contract__sources.yml
    so that the contract is written down once. Empty while dbt parses.
#}
{% macro contract_table(table) -%}
    {%- for node in graph.sources.values()
        if node.source_name == 'contract' and node.name == table -%}
        {{ return(node) }}
    {%- endfor -%}
{%- endmacro %}

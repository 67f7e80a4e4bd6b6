{#
    The rows of a contract table that count. Facts: the accepted ones. Entities:
    every version, for the reader picks the one known by its score date with
    known_on <= D and (superseded_on is null or superseded_on > D).
#}
{% macro accepted_rows(table) -%}
    {%- set checked = ref('base_' ~ table) -%}
    {%- if execute -%}
    {%- set contract = contract_table(table) -%}
    select
        {%- for column in contract.columns.keys() %}
        {{ column }},
        {%- endfor %}
        happened_on,
        known_on
        {%- if contract.config.meta.kind == 'entity' %},
        superseded_on
        {%- endif %}
    from {{ checked }}
    where row_status in ('accepted', 'superseded')
    {%- else -%}
    select 1
    {%- endif -%}
{%- endmacro %}

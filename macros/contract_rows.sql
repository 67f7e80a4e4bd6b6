{#
    The body of a model of the connector `contract`: one table of the input
    contract as it was delivered, typed, with the reason why a value did not
    fit. A table that is not declared in the var inputs is typed and empty.
#}
{% macro contract_rows(table) -%}
    {%- set delivered = source('contract', table) -%}
    {%- if execute -%}
    {%- set declared = var('inputs').get('contract', {}).get(table) -%}
    {%- set kinds = {} -%}
    {%- for column in contract_table(table).columns.values() -%}
        {%- do kinds.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    select
        {%- for column, kind in kinds.items() %}
        {{ parsed('contract', table, column, kind) }} as {{ column }},
        {%- endfor %}
        {{ parsed('contract', table, '_loaded_at', 'timestamp') }} as loaded_at,
        {{ parse_error('contract', table, dict(kinds, _loaded_at='timestamp')) }} as parse_error
    from {{ delivered if declared else '(select 1 as nothing) as nothing where 1 = 0' }}
    {%- else -%}
    select 1
    {%- endif -%}
{%- endmacro %}

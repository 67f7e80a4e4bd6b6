{#
    All enabled connectors of a contract table together, every contract column
    present. Where several connectors feed a table, its key bears the connector's
    name, here and in the tables that refer to it, because two ticket systems may
    both have a ticket 1.
#}
{% macro delivered_rows(table) -%}
    {%- set connectors = feeding_connectors(table) -%}
    {%- set relations = {} -%}
    {%- for connector in connectors -%}
        {%- do relations.update({connector: ref('stg_' ~ connector ~ '__' ~ table)}) -%}
    {%- endfor -%}
    {%- if execute -%}
    {%- set contract = contract_table(table) -%}
    {%- set own_key = contract.config.meta.own_key -%}
    {%- set shared_keys = [] -%}
    {%- for column in contract.columns -%}
        {%- set owner = table if column == own_key else key_owner(column) -%}
        {%- if feeding_connectors(owner) | length > 1 -%}
            {%- do shared_keys.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for connector in connectors %}
    {% if not loop.first %}union all{% endif %}
    select
        '{{ connector }}' as connector,
        {%- set fed = fed_columns(connector, table) -%}
        {%- for column in contract.columns.values() %}
        {%- if connector != 'contract' and column.name not in fed %}
        cast(null as {{ sql_type(column.data_type) }}) as {{ column.name }},
        {%- elif column.name in shared_keys %}
        '{{ connector }}:' || {{ column.name }} as {{ column.name }},
        {%- else %}
        {{ column.name }},
        {%- endif %}
        {%- endfor %}
        {{ 'loaded_at' if connector == 'contract' or 'loaded_at' in fed else 'cast(null as ' ~ sql_type('timestamp') ~ ')' }} as loaded_at,
        parse_error
    from {{ relations[connector] }}
    {%- else %}
    select
        cast(null as {{ sql_type('text') }}) as connector,
        {%- for column in contract.columns.values() %}
        cast(null as {{ sql_type(column.data_type) }}) as {{ column.name }},
        {%- endfor %}
        cast(null as {{ sql_type('timestamp') }}) as loaded_at,
        cast(null as {{ sql_type('text') }}) as parse_error
    from (select 1 as nothing) as nothing
    where 1 = 0
    {%- endfor %}
    {%- else -%}
    select 1
    {%- endif -%}
{%- endmacro %}

{#
    The rows of a fact table that is rolled up, as delivered and unjudged, each
    with copies 1, and once more with -1 those that do not count. What is summed
    over copies is what the accepted rows have; a group that sums to 0 is none.
    So a roll-up reads the columns that it needs, and judges nothing again.
#}
{% macro signed_rows(table) -%}
    {%- set delivered = delivered_rows(table) -%}
    {%- set odd = ref('base_' ~ table) -%}
    {%- if execute -%}
    {%- set contract = contract_table(table) -%}
    {%- set meta = contract.config.meta -%}
with

delivered as (

    {{ delivered }}

),

odd as (

    select * from {{ odd }}

)

select
    {%- for column in contract.columns.values() %}
    cast({{ column.name }} as {{ sql_type(column.data_type) }}) as {{ column.name }},
    {%- endfor %}
    cast({{ meta.happened_at }} as date) as happened_on,
    cast(coalesce({{ known_on(meta.happened_at, meta.times) }}, cast('1990-01-01' as date)) as date) as known_on,
    1 as copies
from delivered
union all
select
    {%- for column in contract.columns.keys() %}
    {{ column }},
    {%- endfor %}
    happened_on,
    known_on,
    -1 as copies
from odd
where row_status <> 'accepted'
    {%- else -%}
    select 1
    {%- endif -%}
{%- endmacro %}

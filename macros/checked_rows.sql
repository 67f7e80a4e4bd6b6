{#
    Every delivered row of a contract table, judged: rejected with one reason,
    or accepted, or a duplicate (facts: same key and same content), or
    superseded (entities: an older version of a key). Nothing is dropped, but of
    a table that is rolled up only the odd rows are kept: the rejected ones and
    those that share their key with another one.

    parent   the contract table whose key this one refers to, none for none
    rejects  reason -> condition, tried in order after the common reasons:
             not parsed, required column missing, erased, unknown parent,
             impossible time
#}
{% macro checked_rows(table, parent='accounts', rejects={}) -%}
    {%- set delivered = delivered_rows(table) -%}
    {%- set erasures = ref('stg_erasure_requests') if table != 'erasure_requests' -%}
    {%- set parents = ref('stg_' ~ parent) if parent -%}
    {%- if execute -%}
    {%- set contract = contract_table(table) -%}
    {%- set meta = contract.config.meta -%}
    {%- set columns = contract.columns.keys() | list -%}
    {%- set erasable = [] if not erasures else
        columns | select('in', ['account_id', 'user_id']) | list -%}
    {%- set parent_key = {'accounts': 'account_id', 'subscriptions': 'subscription_id'}.get(parent) -%}
    {%- set copies = copies_window(meta, columns) -%}
    {%- set is_odd_only = rollup_of(table) is not none -%}

with
{% if is_odd_only %}
repeated as (

    select {{ key_hash(meta.own_key) }} as key_hash

    from (
        {{ due_rows(delivered, meta.happened_at) }}
    ) as due

    group by {{ key_hash(meta.own_key) }}

    having count(*) > 1

),

delivered as (

    select *

    from (
        {{ due_rows(delivered, meta.happened_at) }}
    ) as due

    where
        {{ key_hash(meta.own_key) }} in (select key_hash from repeated)
        or {{ parent_key }} not in (select {{ parent_key }} from {{ parents }})
        or {{ reject_reason(contract, none, rejects, can_be_erased=false) }} is not null

),
{% else %}
delivered as (

    {{ delivered }}

),
{% endif %}
{%- for key in erasable %}
erased_{{ key }}s as (

    select distinct {{ key }} from {{ erasures }} where {{ key }} is not null

),
{% endfor %}
{%- if parent %}
parents as (

    select distinct {{ parent_key }} from {{ parents }}

),
{% endif %}
joined as (

    select
        delivered.connector,
        {%- for column in columns %}
        {%- if column == 'user_id' and erasable and table != 'users' %}
        case when erased_user_ids.user_id is null then delivered.user_id end as user_id,
        {%- else %}
        delivered.{{ column }},
        {%- endif %}
        {%- endfor %}
        delivered.loaded_at,
        delivered.parse_error,
        {%- if parent %}
        parents.{{ parent_key }} as parent_key,
        {%- endif %}
        case
            {%- for key in erasable if key == 'account_id' or table == 'users' %}
            when erased_{{ key }}s.{{ key }} is not null then 1
            {%- endfor %}
            when 1 = 1 then 0
        end as is_erased

    from delivered
    {%- for key in erasable %}

    left join erased_{{ key }}s
        on delivered.{{ key }} = erased_{{ key }}s.{{ key }}
    {%- endfor %}
    {%- if parent %}

    left join parents
        on delivered.{{ parent_key }} = parents.{{ parent_key }}
    {%- endif %}

),

judged as (

    select
        connector,
        {{ columns | join(',\n        ') }},
        loaded_at,
        is_erased,
        cast({{ meta.happened_at }} as date) as happened_on,
        {{ latest_time(meta.times) }} as latest_time,
        coalesce({{ known_on(meta.happened_at, meta.times) }}, cast('1990-01-01' as date)) as known_on,
        {{ reject_reason(contract, parent_key, rejects) }} as reject_reason

    from joined

),

ranked as (

    select
        judged.*,
        row_number() over ({{ copies }}) as copy_number,
        lead(known_on) over ({{ copies }}) as superseded_on

    from judged

)

select
    cast(connector as {{ sql_type('text') }}) as connector,
    {%- for column in contract.columns.values() %}
    cast({{ column.name }} as {{ sql_type(column.data_type) }}) as {{ column.name }},
    {%- endfor %}
    cast(loaded_at as {{ sql_type('timestamp') }}) as loaded_at,
    cast(happened_on as date) as happened_on,
    cast(known_on as date) as known_on,
    {%- if meta.kind == 'entity' %}
    cast(case when reject_reason is null then superseded_on end as date) as superseded_on,
    {%- endif %}
    cast(case
        when reject_reason is not null then 'rejected'
        {%- if meta.kind == 'fact' %}
        when copy_number > 1 then 'duplicate'
        {%- else %}
        when superseded_on is not null then 'superseded'
        {%- endif %}
        else 'accepted'
    end as {{ sql_type('text') }}) as row_status,
    cast(reject_reason as {{ sql_type('text') }}) as reject_reason
from ranked
    {%- else -%}
    select 1
    {%- endif -%}
{%- endmacro %}

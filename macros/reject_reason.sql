{#
    Why a delivered row does not count: one reason, the first that holds; NULL
    for a row that keeps the contract. Reads the columns of `delivered` joined
    with erasures and parents in checked_rows. Erasure comes first: a row that is
    to be forgotten must not be told under its key for another fault in it.
#}
{% macro reject_reason(contract, parent_key, rejects, can_be_erased=true) -%}
    {%- set meta = contract.config.meta -%}
    case
        {%- if can_be_erased %}
        when is_erased = 1 then 'erased on request'
        {%- endif %}
        when parse_error is not null then parse_error
        {%- for column in contract.columns.values() if column.config.meta.required %}
        when {{ column.name }} is null then '{{ column.name }} is missing'
        {%- endfor %}
        {%- if parent_key %}
        when parent_key is null then '{{ parent_key }} is unknown'
        {%- endif %}
        {%- for time in meta.times %}
        when {{ time }} < cast('1990-01-01' as {{ dbt.type_timestamp() }})
            or {{ time }} >= cast('2100-01-01' as {{ dbt.type_timestamp() }})
            then '{{ time }} is impossible: before 1990 or after 2099'
        {%- endfor %}
        {%- for reason, condition in rejects.items() %}
        when {{ condition }} then '{{ reason }}'
        {%- endfor %}
    end
{%- endmacro %}

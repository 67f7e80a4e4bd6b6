{#
    The first source column whose value does not fit its declared kind, as a
    reason for rejected_rows; NULL when all of them fit. `columns` maps source
    columns to kinds of the input contract.
#}
{% macro parse_error(connector, table, columns) -%}
    {%- set declared = var('inputs').get(connector, {}).get(table, {}) -%}
    case
        {%- for column, kind in columns.items() if kind != 'text' and declared.get(column, kind) != kind %}
        when {{ column }} is not null
            {%- if declared[column] == 'text' %}
            and trim({{ column }}) <> ''
            {%- endif %}
            and {{ parsed(connector, table, column, kind) }} is null
            then '{{ column }} is not a {{ kind }} in the declared format'
        {%- endfor %}
        when 1 = 0 then ''
    end
{%- endmacro %}

{#
    Which row of a CSV is meant, in the words of the CSV:
    'scorecard=health, profile=*, signal=nps_latest'. With `relation` the
    columns are qualified by it.
#}
{% macro row_key(columns, relation=none) -%}
    {%- for column in columns -%}
    {%- if not loop.first %} || ', {% else %}'{% endif -%}
    {{ column }}=' || coalesce(cast({{ relation ~ '.' if relation }}{{ column }} as {{ dbt.type_string() }}), '(empty)')
    {%- endfor -%}
{%- endmacro %}

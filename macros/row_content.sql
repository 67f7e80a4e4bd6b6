{#
    What a seed row says, as one text that is the same on every engine: column
    names stay in it, numbers are counted in millionths (engines disagree on
    how many zeros follow the point), and an empty cell is told from any text.
#}
{% macro row_content(texts=[], numbers=[]) -%}
    {%- for column in texts -%}
    {%- if not loop.first %} || ' {% else %}'{% endif -%}
    {{ column }}=' || coalesce({{ column }}, '(empty)')
    {%- endfor -%}
    {%- for column in numbers %}
        || ' {{ column }}=' || coalesce(cast(cast(
            cast({{ column }} as numeric(28, 6)) * 1000000 as bigint
        ) as {{ dbt.type_string() }}), '(empty)')
    {%- endfor -%}
{%- endmacro %}

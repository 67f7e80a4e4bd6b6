{#
    Anniversaries of a day passed by another day. Who began on 29 February has
    the anniversary on 28 February in years that have no 29th.
#}
{% macro whole_years(from_day, to_day) -%}
    (
        {{ dbt.datediff(from_day, to_day, 'year') }}
        - case
            when cast({{ dbt.dateadd('year', dbt.datediff(from_day, to_day, 'year'), from_day) }} as date) > {{ to_day }} then 1
            else 0
        end
    )
{%- endmacro %}

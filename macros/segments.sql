{# Every row of a relation once for each segment it belongs to. #}
{% macro segments(relation, columns, segment_types) -%}
    {%- for segment_type in segment_types %}
    {% if not loop.first %}union all{% endif %}
    select
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else "coalesce(" ~ segment_type ~ ", 'unknown')" }} as segment,
        {{ columns | join(',\n        ') }}
    from {{ relation }}
    {%- endfor %}
{%- endmacro %}

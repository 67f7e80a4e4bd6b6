{#
    A text as timestamp, date, number or boolean, by the declared format only.
    Patterns come first because not every engine has a cast that forgives.
#}
{% macro parsed_text(text, kind, formats) -%}
    {%- if kind == 'boolean' -%}
        case
            when {{ text }} = '{{ formats["true"] }}' then 1
            when {{ text }} = '{{ formats["false"] }}' then 0
        end
    {%- elif kind == 'number' and formats.number == 'comma' -%}
        case when {{ matches(text, '[+-]?[0-9]+(,[0-9]+)?') }}
            then {{ customer_health.safe_cast("replace(" ~ text ~ ", ',', '.')", sql_type(kind)) }} end
    {%- elif kind == 'number' -%}
        case when {{ matches(text, '[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?') }}
            then {{ customer_health.safe_cast(text, sql_type(kind)) }} end
    {%- elif formats.timestamp == 'epoch_seconds' -%}
        case when {{ matches(text, '[0-9]{1,11}') }}
            then {{ dbt.dateadd('second', customer_health.safe_cast(text, 'bigint'), "cast('1970-01-01' as timestamp)") }} end
    {%- else -%}
        {%- set iso = {
            'iso8601': text,
            'dmy': "concat(substring(" ~ text ~ ", 7, 4), '-', substring(" ~ text ~ ", 4, 2), '-', substring(" ~ text ~ ", 1, 2), substring(" ~ text ~ ", 11))",
            'mdy': "concat(substring(" ~ text ~ ", 7, 4), '-', substring(" ~ text ~ ", 1, 2), '-', substring(" ~ text ~ ", 4, 2), substring(" ~ text ~ ", 11))",
        }[formats.timestamp] -%}
        {%- set day = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
        {%- set clock = '[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?' -%}
        case
            when {{ matches(iso, day ~ '(' ~ clock ~ ')?') }}
                then {{ customer_health.safe_cast(iso, sql_type(kind)) }}
            when {{ matches(iso, day ~ clock ~ '(Z|[+-][0-9]{2}(:?[0-9]{2})?)') }}
                then cast({{ utc_timestamp(iso) }} as {{ sql_type(kind) }})
        end
    {%- endif -%}
{%- endmacro %}

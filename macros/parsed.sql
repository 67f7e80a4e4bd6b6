{#
    One source column as a kind of the input contract. What the raw column is
    (text, timestamp, number, ...) is declared in the var inputs, how its text
    is written in the var formats; a value that does not fit becomes NULL here
    and a reason in parse_error.
#}
{% macro parsed(connector, table, column, kind) -%}
    {%- set raw = var('inputs').get(connector, {}).get(table, {}).get(column) -%}
    {%- if raw is none -%}
        cast(null as {{ sql_type(kind) }})
    {%- elif kind == 'text' -%}
        {{ trimmed('cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' if raw != 'text' else column) }}
    {%- elif raw == 'text' -%}
        {{ parsed_text('nullif(trim(' ~ column ~ '), \'\')', kind, var('formats')[connector]) }}
    {%- elif raw == 'timestamptz' -%}
        {{ utc_timestamp(column) }}
    {%- elif kind == 'boolean' and raw == 'boolean' -%}
        case when {{ column }} then 1 when not {{ column }} then 0 end
    {%- else -%}
        {{ customer_health.safe_cast(column, sql_type(kind)) }}
    {%- endif -%}
{%- endmacro %}

{# Text without blanks around it, NULL when nothing is left. To trim is to copy, and few texts need it. #}
{% macro trimmed(text) -%}
    case
        when {{ text }} like ' %' or {{ text }} like '% ' or {{ text }} = '' then nullif(trim({{ text }}), '')
        else {{ text }}
    end
{%- endmacro %}

{#
    What each attribute was in which time, as the data says now: one row per key
    and span. A version holds from its day on; an attribute that it does not
    carry stays what it was, and before the first version the current value
    counts. attributes_as_of gives the same as known on a score date.
#}
{% macro attribute_spans(entities, versions, key, attributes) -%}
    select
        {{ key }},
        {{ attributes | join(',\n        ') }},
        first_date,
        next_date
    from (
        select
            {{ key }},
            {%- for attribute in attributes %}
            max({{ attribute }}) over (partition by {{ key }}, {{ attribute }}_number) as {{ attribute }},
            {%- endfor %}
            first_date,
            coalesce(
                lead(first_date) over (partition by {{ key }} order by first_at),
                cast('9999-12-31' as date)
            ) as next_date
        from (
            select
                {{ key }},
                {%- for attribute in attributes %}
                {{ attribute }},
                sum(case when {{ attribute }} is null then 0 else 1 end) over (
                    partition by {{ key }}
                    order by first_at
                    rows between unbounded preceding and current row
                ) as {{ attribute }}_number,
                {%- endfor %}
                first_at,
                first_date
            from (
                select
                    {{ key }},
                    {{ attributes | join(',\n                    ') }},
                    {{ start_of_time() }} as first_at,
                    cast({{ start_of_time() }} as date) as first_date
                from {{ entities }}
                where superseded_on is null
                union all
                select
                    {{ key }},
                    {{ attributes | join(',\n                    ') }},
                    valid_from as first_at,
                    happened_on as first_date
                from {{ versions }}
                where superseded_on is null
            ) as told
        ) as numbered
    ) as carried
    where first_date < next_date
{%- endmacro %}

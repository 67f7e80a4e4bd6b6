{#
    The value of each attribute in the newest version in force that carries it,
    NULL when no version does: one row per key and score date. What counts is
    what was in force `days_back` days before, as known on the score date.
#}
{% macro attributes_as_of(versions, key, attributes, days_back=0) -%}
    select
        {{ key }},
        score_date,
        {%- for attribute in attributes %}
        max(case when {{ attribute }}_rank = 1 then {{ attribute }} end) as {{ attribute }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            versions.{{ key }},
            score_dates.score_date,
            {%- for attribute in attributes %}
            versions.{{ attribute }},
            row_number() over (
                partition by versions.{{ key }}, score_dates.score_date
                order by case when versions.{{ attribute }} is null then 1 else 0 end, versions.valid_from desc
            ) as {{ attribute }}_rank{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ versions }} as versions
        inner join {{ ref('int_score_dates') }} as score_dates
            on
                versions.happened_on <= {{ days_before('score_dates.score_date', days_back) }}
                and {{ known_by('versions', 'score_dates.score_date') }}
    ) as ranked
    group by {{ key }}, score_date
{%- endmacro %}

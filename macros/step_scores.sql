{#
    What a score would be with given points: one row per `keys` and signal of
    the relation, with the contribution of the signal. The arithmetic is that of
    int_scored_signals and int_contributions: one exact division for the weight,
    rounded, times the points, rounded.

    relation  columns: keys, signal, dimension, method, weight,
              dimension_weight, points (NULL: left out)
#}
{% macro step_scores(relation, keys) -%}
    select
        {{ keys | join(',\n        ') }},
        signal,
        points,
        step_weight,
        {{ rounded_product('step_weight', 'points') }} as contribution
    from (
        select
            {%- for key in keys %}
            signals.{{ key }},
            {%- endfor %}
            signals.signal,
            signals.points,
            {{ rounded("case
                when signals.points is null then 0
                when signals.method = 'sum' then signals.weight
                else " ~ ratio(
                    'signals.dimension_weight * signals.weight',
                    'cast(dimensions.scored_signals as numeric(28, 6)) * cast(dimensions.scored_dimensions as numeric(28, 6))',
                ) ~ "
            end") }} as step_weight
        from {{ relation }} as signals
        inner join (
            select
                {%- for key in keys %}
                {{ key }},
                {%- endfor %}
                dimension,
                scored_signals,
                sum(case when scored_signals > 0 then dimension_weight else 0 end) over (
                    partition by {{ keys | join(', ') }}
                ) as scored_dimensions
            from (
                select
                    {%- for key in keys %}
                    {{ key }},
                    {%- endfor %}
                    dimension,
                    max(dimension_weight) as dimension_weight,
                    sum(case when points is not null then weight else 0 end) as scored_signals
                from {{ relation }}
                group by {{ keys | join(', ') }}, dimension
            ) as summed
        ) as dimensions
            on
            {%- for key in keys %}
            signals.{{ key }} = dimensions.{{ key }} and
            {%- endfor %}
            signals.dimension = dimensions.dimension
    ) as weighted
{%- endmacro %}

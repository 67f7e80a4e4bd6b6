{#
    The points of a value under a rule, clamped to what the rule can give; NULL
    stays NULL. `tier_points` is the points of the tier that holds the value.
#}
{% macro rule_points(value, rules, tier_points) -%}
    {%- set raw -%}
        case {{ rules }}.rule
            when 'linear'
                then {{ ratio('100 * (' ~ value ~ ' - ' ~ rules ~ '.worst)', rules ~ '.best - ' ~ rules ~ '.worst') }}
            when 'per_unit'
                then {{ rounded_product(rules ~ '.points_per_unit', value ~ ' - ' ~ rules ~ '.neutral') }}
            when 'tier' then {{ tier_points }}
        end
    {%- endset -%}
    {{ rounded(
        'case when ' ~ raw ~ ' < ' ~ rules ~ '.least_points then ' ~ rules ~ '.least_points'
        ~ ' when ' ~ raw ~ ' > ' ~ rules ~ '.greatest_points then ' ~ rules ~ '.greatest_points'
        ~ ' else ' ~ raw ~ ' end'
    ) }}
{%- endmacro %}

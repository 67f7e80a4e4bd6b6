{#
    Join condition: the one version of an entity, or the facts, that were known
    by the score date.
#}
{% macro known_by(relation, score_date, is_entity=true) -%}
    {{ relation }}.known_on <= {{ score_date }}
    {%- if is_entity %}
    and ({{ relation }}.superseded_on is null or {{ relation }}.superseded_on > {{ score_date }})
    {%- endif -%}
{%- endmacro %}

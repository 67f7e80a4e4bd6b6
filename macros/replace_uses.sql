{# Before a run says under which configuration its days are published, it takes back what was said. #}
{% macro replace_uses() -%}
    delete from {{ this }}
    where score_date in (select score_date from {{ ref('int_score_dates') }} where is_due = 1)
{%- endmacro %}

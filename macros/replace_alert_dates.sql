{# Before a run says under which alert rules it judged a day, it takes back what was said of it. #}
{% macro replace_alert_dates() -%}
    delete from {{ this }}
    where score_date in (select max(score_date) from {{ ref('int_published_dates') }})
{%- endmacro %}

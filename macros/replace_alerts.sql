{# Before a run remembers its alerts, it takes out what it says anew of the same ones; others keep their ids taken. #}
{% macro replace_alerts() -%}
    delete from {{ this }}
    where
        alert_id in (select alert_id from {{ ref('int_alerts') }})
        or {{ is_erased() }}
{%- endmacro %}

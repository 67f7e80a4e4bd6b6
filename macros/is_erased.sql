{# Whether a row of the history is about an account that asked to be forgotten: it leaves every day. #}
{% macro is_erased() -%}
    account_id in (select account_id from {{ ref('stg_erasure_requests') }} where account_id is not null)
{%- endmacro %}

{#
    Before a run adds its configuration to what is remembered, it takes what it
    remembers of the same configuration out; others stay, also when the history
    is thrown away.
#}
{% macro replace_config_version() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where config_version in (select config_version from {{ ref('int_config_version') }})
    {%- endif -%}
{%- endmacro %}

{#
    Before a run adds its configuration to what is remembered, it takes what it
    remembers of the same configuration out; others stay.
#}
{% macro replace_config_version() -%}
    {%- if flags.FULL_REFRESH and not var('rebuild_history') -%}
        {{ exceptions.raise_compiler_error("--full-refresh would throw old configurations away. Add --vars 'rebuild_history: true' if you mean it.") }}
    {%- elif is_incremental() -%}
        delete from {{ this }}
        where config_version in (select config_version from {{ ref('int_config_version') }})
    {%- endif -%}
{%- endmacro %}

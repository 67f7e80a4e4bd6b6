{#
    History is not thrown away by a plain --full-refresh; who means it says so
    with the var rebuild_history.
#}
{% macro refuse_full_refresh() -%}
    {%- if flags.FULL_REFRESH and not var('rebuild_history') -%}
        {{ exceptions.raise_compiler_error("--full-refresh would throw the history of scores away. To rebuild it, use `./health backfill --rebuild`, or add --vars 'rebuild_history: true'.") }}
    {%- endif -%}
{%- endmacro %}

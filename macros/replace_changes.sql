{# Takes out of the ledger the pairs that this run computes again. #}
{% macro replace_changes(has_accounts=false) -%}
    {%- if flags.FULL_REFRESH and not var('rebuild_history') -%}
        {{ exceptions.raise_compiler_error("--full-refresh would throw the ledger of changes away. Add --vars 'rebuild_history: true' if you mean it.") }}
    {%- elif is_incremental() -%}
        delete from {{ this }}
        where exists (
            select 1
            from {{ ref('int_change_pairs') }} as pairs
            where
                pairs.score_date = {{ this.identifier }}.score_date
                and pairs.compared_with = {{ this.identifier }}.compared_with
        )
        {%- if has_accounts %}
        or {{ is_erased() }}
        {%- endif %}
    {%- endif -%}
{%- endmacro %}

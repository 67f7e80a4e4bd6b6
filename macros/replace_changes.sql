{# Takes out of the ledger the pairs that this run computes again. #}
{% macro replace_changes(has_accounts=false) -%}
    {{- refuse_full_refresh() -}}
    {%- if is_incremental() -%}
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

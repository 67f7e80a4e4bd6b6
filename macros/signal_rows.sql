{#
    Turns one wide relation (account_id, score_date, a column per signal) into
    the rows that every signal model emits. `observed_on` names the column with
    the day of the fact, for answers and ratings; for counts it stays NULL and
    the day up to which the source is complete is filled in later.
#}
{% macro signal_rows(relation, signals, observed_on=none) -%}
    {%- for signal in signals %}
    {% if not loop.first %}
    union all
    {% endif %}
    select
        account_id,
        score_date,
        cast('{{ signal }}' as {{ dbt.type_string() }}) as signal,
        {{ rounded(signal) }} as value,
        cast({{ observed_on or 'null' }} as date) as observed_on
    from {{ relation }}
    {%- endfor %}
{%- endmacro %}

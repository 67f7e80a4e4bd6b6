{#
    Where the days that are done are remembered: the table of the model
    history_completed, read here before that model runs, so not by ref().
#}
{% macro completed_relation() -%}
    {{ return(api.Relation.create(
        database=target.database,
        schema=generate_schema_name('history', none),
        identifier='history_completed',
    )) }}
{%- endmacro %}

{# Makes that table, empty, before the first run. #}
{% macro create_completed() -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'test') -%}
    {%- set relation = completed_relation() -%}
    {%- do adapter.create_schema(relation.without_identifier()) -%}
    {%- do run_query(
        'create table if not exists ' ~ relation ~ ' (score_date date, config_version ' ~ dbt.type_string()
        ~ ', scoring_version ' ~ dbt.type_string() ~ ', is_due integer, known_row_count bigint)'
    ) -%}
    {%- endif -%}
{%- endmacro %}

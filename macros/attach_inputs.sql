{#
    Before a run: gives the files in input_dir the names the sources have, and
    compares what is there with what the var inputs declares, so that a wrong
    declaration is a sentence and not a database error.
#}
{% macro attach_inputs() -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'test', 'seed', 'run-operation') -%}
    {%- if not var('inputs') -%}
        {{ exceptions.raise_compiler_error("The var inputs declares no input. Run `./health check --declare` and put what it prints into dbt_project.yml.") }}
    {%- endif -%}
    {%- set sources = [] -%}
    {%- for source in graph.sources.values()
        if source.package_name == 'customer_health'
        and source.name in var('inputs').get(source.source_name, {}) -%}
        {%- do sources.append(source) -%}
        {%- if var('input_dir') -%}
            {%- do adapter.dispatch('attach_file', 'customer_health')(source) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for source in sources -%}
        {%- set declared = var('inputs')[source.source_name][source.name] -%}
        {%- set relation = adapter.get_relation(source.database, source.schema, source.identifier) -%}
        {%- if relation is none -%}
            {{ exceptions.raise_compiler_error("The var inputs declares " ~ source.source_name ~ "." ~ source.name ~ ", but there is no table or view " ~ source.schema ~ "." ~ source.identifier ~ ".") }}
        {%- endif -%}
        {%- set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list -%}
        {%- for column in declared if column | lower not in present -%}
            {{ exceptions.raise_compiler_error("The var inputs declares the column " ~ column ~ " of " ~ source.source_name ~ "." ~ source.name ~ ", which has only: " ~ present | join(', ') ~ ". Run `./health check --declare`.") }}
        {%- endfor -%}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# Engines without access to files read tables only. #}
{% macro default__attach_file(source) -%}
    {{ exceptions.raise_compiler_error("input_dir is for DuckDB; on this target load the input into tables and set the var input_dir to ''.") }}
{%- endmacro %}

{#
    Every option of a CSV file that DuckDB would guess is set, so that no row is
    taken for a comment, a preamble or a header.
#}
{% macro duckdb__attach_file(source) -%}
    {%- set stem = var('input_dir') ~ '/' ~ source.identifier -%}
    {%- set readers = {
        stem ~ '.parquet': "read_parquet('" ~ stem ~ ".parquet')",
        stem ~ '/*.parquet': "read_parquet('" ~ stem ~ "/*.parquet')",
        stem ~ '.csv': "read_csv('" ~ stem ~ ".csv', header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', comment = '', skip = 0, strict_mode = true, null_padding = false)",
    } -%}
    {%- set found = [] -%}
    {%- for pattern, reader in readers.items()
        if run_query("select count(*) as files from glob('" ~ pattern ~ "')").columns[0].values()[0] > 0 -%}
        {%- do found.append(reader) -%}
    {%- endfor -%}
    {%- if found | length != 1 -%}
        {{ exceptions.raise_compiler_error("Expected one of " ~ readers.keys() | join(', ') ~ "; found " ~ found | length ~ ". The var inputs declares this table: make the demo with `./health demo " ~ var('input_dir') ~ "`, or correct input_dir.") }}
    {%- endif -%}
    {%- do run_query('create schema if not exists ' ~ source.schema) -%}
    {%- do run_query('create or replace view ' ~ source.schema ~ '.' ~ source.identifier ~ ' as select * from ' ~ found[0]) -%}
{%- endmacro %}

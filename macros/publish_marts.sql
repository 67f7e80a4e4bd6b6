{#
    On a warehouse: gives readers the marts of a build that has passed, all
    together. They were built into a schema of their own (HEALTH_MARTS_SCHEMA);
    the schema `marts` holds one view on each, and this makes all views anew in
    one transaction. The same with an older schema goes back. Where a mart is
    missing or is no view, nothing is changed.

        HEALTH_MARTS_SCHEMA=marts_20260131 dbt run-operation publish_marts

    HEALTH_KEEP_VERSIONS  schemas marts_<name> that stay, that of readers among them (default 5);
                          the first by name go
#}
{% macro publish_marts() -%}
    {%- set built = env_var('HEALTH_MARTS_SCHEMA', 'marts') -%}
    {%- if not built.startswith('marts_') -%}
        {{ exceptions.raise_compiler_error("HEALTH_MARTS_SCHEMA is '" ~ built ~ "'. Name the schema that the marts were built into: marts_ and a day, such as marts_20260131.") }}
    {%- endif -%}
    {%- set views, missing, tables = [], [], [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == built -%}
        {%- set mart = adapter.get_relation(node.database, built, node.name) -%}
        {%- set shown = adapter.get_relation(node.database, 'marts', node.name) -%}
        {%- set view = api.Relation.create(database=node.database, schema='marts', identifier=node.name) -%}
        {%- do missing.append(node.name) if mart is none -%}
        {%- do tables.append(node.name) if shown is not none and not shown.is_view -%}
        {%- do views.append('create or replace view ' ~ view ~ ' as select * from ' ~ mart) -%}
    {%- endfor -%}
    {%- if missing -%}
        {{ exceptions.raise_compiler_error(built ~ " lacks " ~ missing | sort | join(', ') ~ "; readers keep what they have. Build it whole first: dbt build") }}
    {%- endif -%}
    {%- if tables -%}
        {{ exceptions.raise_compiler_error("In the schema marts " ~ tables | sort | join(', ') ~ " are tables of a build without HEALTH_MARTS_SCHEMA, and no views. Drop them once; readers keep them until then.") }}
    {%- endif -%}
    {%- do adapter.create_schema(api.Relation.create(database=target.database, schema='marts')) -%}
    {%- do run_query('begin; ' ~ views | join('; ') ~ '; commit') -%}
    {{ log("Readers of the schema marts now have " ~ built ~ ", " ~ views | length ~ " marts.", info=true) }}
    {%- set others = [] -%}
    {%- for schema in list_schemas(target.database).columns[0].values() if schema.startswith('marts_') -%}
        {%- do others.append(schema) if schema != built -%}
    {%- endfor -%}
    {%- set keep = env_var('HEALTH_KEEP_VERSIONS', '5') | int -%}
    {%- set surplus = [others | length + 1 - keep, 0] | max -%}
    {%- for schema in (others | sort)[:surplus] -%}
        {%- do adapter.drop_schema(api.Relation.create(database=target.database, schema=schema)) -%}
        {{ log("Removed the schema " ~ schema ~ ".", info=true) }}
    {%- endfor -%}
{%- endmacro %}

{#
    Every cell of every config seed as text, so that a configuration can be
    kept, exported and run again.
#}
{% macro config_cells() -%}
    {%- set seeds = [
        'alert_rules', 'audited_attributes', 'backtest_floors', 'calibrations', 'dimension_weights',
        'health_bands', 'lifecycle_steps', 'playbook', 'profiles', 'renewal_urgency', 'score_caps', 'scorecards',
        'settings', 'signal_inputs', 'signal_rules', 'signal_tiers', 'signals',
    ] -%}
    {%- set parts = [] -%}
    {%- for seed in seeds -%}
        {%- set relation = ref(seed) -%}
        {%- for node in (graph.nodes.values() if execute else []) if node.resource_type == 'seed' and node.name == seed -%}
            {%- set columns = node.columns.keys() | list -%}
            {%- for column in columns -%}
                {%- do parts.append(
                    "select '" ~ seed ~ "' as seed, row_number() over (order by " ~ columns | join(', ') ~ ") as row_index, '"
                    ~ column ~ "' as column_name, cast(" ~ column ~ " as " ~ dbt.type_string() ~ ") as cell from " ~ relation
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ parts | join('\n    union all\n    ') }}
{%- endmacro %}

{#
    Where departures are looked for: every horizon (days in which they count)
    after every lead (days that are passed over first, because a warning that
    comes too late is none). The verdict, the findings, the fairness audit and
    the usual floors are those of `horizon` and `lead`. No vars: without the
    window of the verdict there is no verdict.
#}
{% macro backtest_windows() -%}
    {{ return({'horizons': [30, 60, 90, 180], 'leads': [0, 14], 'horizon': 90, 'lead': 0}) }}
{%- endmacro %}

-- One row, once every tested model has passed: what the marts wait for.
-- depends_on: {{ ref('int_scoring_gate') }}
-- depends_on: {{ ref('int_findings') }}
-- depends_on: {{ ref('int_signal_drift') }}
-- depends_on: {{ ref('int_trends') }}
-- depends_on: {{ ref('int_churn_rates') }}
-- depends_on: {{ ref('int_unpriced_subscriptions') }}
-- depends_on: {{ ref('history_changes') }}
-- depends_on: {{ ref('history_config_cells') }}
-- depends_on: {{ ref('history_dates') }}
-- depends_on: {{ ref('history_dimensions') }}
-- depends_on: {{ ref('history_pairs') }}
-- depends_on: {{ ref('history_priors') }}
-- depends_on: {{ ref('history_rules') }}
-- depends_on: {{ ref('history_scores') }}
-- depends_on: {{ ref('history_signals') }}
-- depends_on: {{ ref('history_tiers') }}

select cast(1 as integer) as is_audited

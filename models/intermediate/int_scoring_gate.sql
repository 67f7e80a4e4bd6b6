-- One row, once every tested model of the scoring has passed: what the history waits for.
-- depends_on: {{ ref('int_config_errors') }}
-- depends_on: {{ ref('int_config_findings') }}
-- depends_on: {{ ref('int_config_version') }}
-- depends_on: {{ ref('int_drivers') }}
-- depends_on: {{ ref('int_input_findings') }}
-- depends_on: {{ ref('int_override_findings') }}
-- depends_on: {{ ref('int_rejected_rows') }}
-- depends_on: {{ ref('int_segment_health') }}
-- depends_on: {{ ref('int_signal_quality') }}

select cast(1 as integer) as is_audited

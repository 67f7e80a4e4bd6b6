-- One row per delivered row of churn_events in the layout of the input contract.

{{ contract_rows('churn_events') }}

-- One row per delivered row of usage_events in the layout of the input contract.

{{ contract_rows('usage_events') }}

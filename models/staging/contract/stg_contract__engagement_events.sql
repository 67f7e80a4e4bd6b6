-- One row per delivered row of engagement_events in the layout of the input contract.

{{ contract_rows('engagement_events') }}

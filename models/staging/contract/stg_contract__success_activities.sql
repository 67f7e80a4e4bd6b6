-- One row per delivered row of success_activities in the layout of the input contract.

{{ contract_rows('success_activities') }}

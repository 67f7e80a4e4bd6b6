-- One row per delivered row of support_tickets in the layout of the input contract.

{{ contract_rows('support_tickets') }}

-- One row per delivered row of invoices in the layout of the input contract.

{{ contract_rows('invoices') }}

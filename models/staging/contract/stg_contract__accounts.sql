-- One row per delivered row of accounts in the layout of the input contract.

{{ contract_rows('accounts') }}

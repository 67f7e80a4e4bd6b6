-- One row per delivered row of users in the layout of the input contract.

{{ contract_rows('users') }}

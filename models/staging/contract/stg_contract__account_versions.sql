-- One row per delivered row of account_versions in the layout of the input contract.

{{ contract_rows('account_versions') }}

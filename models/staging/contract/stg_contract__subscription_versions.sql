-- One row per delivered row of subscription_versions in the layout of the input contract.

{{ contract_rows('subscription_versions') }}

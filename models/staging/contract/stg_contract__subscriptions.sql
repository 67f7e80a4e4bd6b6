-- One row per delivered row of subscriptions in the layout of the input contract.

{{ contract_rows('subscriptions') }}

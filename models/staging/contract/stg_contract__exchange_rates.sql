-- One row per delivered row of exchange_rates in the layout of the input contract.

{{ contract_rows('exchange_rates') }}

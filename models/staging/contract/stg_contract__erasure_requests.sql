-- One row per delivered row of erasure_requests in the layout of the input contract.

{{ contract_rows('erasure_requests') }}

-- One row per delivered row of score_overrides in the layout of the input contract.

{{ contract_rows('score_overrides') }}

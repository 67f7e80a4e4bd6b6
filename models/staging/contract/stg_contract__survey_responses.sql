-- One row per delivered row of survey_responses in the layout of the input contract.

{{ contract_rows('survey_responses') }}

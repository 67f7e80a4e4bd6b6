-- One row per accepted row of survey_responses.

{{ accepted_rows('survey_responses') }}

-- One row per delivered row of survey_responses: accepted, duplicate or rejected, and why.

{{ checked_rows(
    'survey_responses',
    rejects={
        'survey_type is none of nps, csat, ces': "survey_type not in ('nps', 'csat', 'ces')",
        'score is outside 0 to 10': "survey_type = 'nps' and score not between 0 and 10",
        'score is outside 1 to 5': "survey_type = 'csat' and score not between 1 and 5",
        'score is outside 1 to 7': "survey_type = 'ces' and score not between 1 and 7",
    },
) }}

-- One row per delivered row of csm_pulses: accepted, duplicate or rejected, and why.

{{ checked_rows(
    'csm_pulses',
    rejects={
        'pulse is outside 1 to 5': 'pulse not between 1 and 5',
    },
) }}

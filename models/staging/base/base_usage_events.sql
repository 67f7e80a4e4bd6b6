-- One row per delivered row of usage_events: accepted, duplicate or rejected, and why.

{{ checked_rows(
    'usage_events',
    rejects={
        'duration_seconds is negative': 'duration_seconds < 0',
    },
) }}

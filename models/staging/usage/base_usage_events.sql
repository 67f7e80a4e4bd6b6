-- One row per odd row of usage_events, rejected or with a key that came again: accepted, duplicate or rejected, and why.
-- depends_on: {{ ref('base_usage_due_days') }}

{{ checked_rows(
    'usage_events',
    rejects={
        'duration_seconds is negative': 'duration_seconds < 0',
    },
) }}

-- One row per delivered row of subscriptions: accepted, superseded or rejected, and why.

{{ checked_rows(
    'subscriptions',
    rejects={
        'ended_at is before started_at': 'ended_at < started_at',
        'mrr is negative': 'mrr < 0',
        'seats is negative': 'seats < 0',
    },
) }}

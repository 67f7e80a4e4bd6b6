-- One row per delivered row of subscription_versions: accepted, superseded or rejected, and why.

{{ checked_rows(
    'subscription_versions',
    parent='subscriptions',
    rejects={
        'mrr is negative': 'mrr < 0',
        'seats is negative': 'seats < 0',
    },
) }}

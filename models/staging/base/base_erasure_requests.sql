-- One row per delivered row of erasure_requests: accepted, duplicate or rejected, and why.

{{ checked_rows(
    'erasure_requests',
    parent=none,
    rejects={
        'neither account_id nor user_id is given': 'account_id is null and user_id is null',
    },
) }}

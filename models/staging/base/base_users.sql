-- One row per delivered row of users: accepted, superseded or rejected, and why.

{{ checked_rows(
    'users',
    rejects={
        'deactivated_at is before created_at': 'deactivated_at < created_at',
    },
) }}

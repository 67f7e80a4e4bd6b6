-- One row per delivered row of accounts: accepted, superseded or rejected, and why.

{{ checked_rows(
    'accounts',
    parent=none,
    rejects={
        'employee_count is negative': 'employee_count < 0',
    },
) }}

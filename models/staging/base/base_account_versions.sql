-- One row per delivered row of account_versions: accepted, superseded or rejected, and why.

{{ checked_rows(
    'account_versions',
    rejects={
        'employee_count is negative': 'employee_count < 0',
    },
) }}

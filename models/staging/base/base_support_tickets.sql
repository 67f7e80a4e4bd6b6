-- One row per delivered row of support_tickets: accepted, superseded or rejected, and why.

{{ checked_rows(
    'support_tickets',
    rejects={
        'first_responded_at is before opened_at': 'first_responded_at < opened_at',
        'resolved_at is before opened_at': 'resolved_at < opened_at',
        'reopened_at is before opened_at': 'reopened_at < opened_at',
        'severity is none of low, normal, high, critical':
            "severity not in ('low', 'normal', 'high', 'critical')",
        'ticket_type is none of question, problem, incident, task, billing':
            "ticket_type not in ('question', 'problem', 'incident', 'task', 'billing')",
        'contact_count is negative': 'contact_count < 0',
    },
) }}

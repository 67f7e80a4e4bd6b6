-- One row per delivered row of success_activities: accepted, duplicate or rejected, and why.

{{ checked_rows(
    'success_activities',
    rejects={
        'activity_type is unknown': "activity_type not in (
            'onboarding_completed', 'activation_completed', 'training_session', 'goal_set',
            'goal_achieved', 'business_review', 'resource_viewed'
        )",
        'duration_seconds is negative': 'duration_seconds < 0',
    },
) }}

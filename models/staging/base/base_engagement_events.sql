-- One row per delivered row of engagement_events: accepted, duplicate or rejected, and why.

{{ checked_rows(
    'engagement_events',
    rejects={
        'channel and action do not go together': "not (
            (channel = 'community' and action in ('like', 'comment', 'share', 'post', 'invite'))
            or (channel = 'email' and action in ('sent', 'open', 'click'))
            or (channel = 'web' and action in ('page_view', 'pricing_view', 'resource_view', 'query'))
            or (channel = 'review' and action in ('positive', 'negative'))
            or (channel = 'referral' and action = 'referred')
        )",
    },
) }}

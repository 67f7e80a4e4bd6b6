-- One row per delivered row of engagement_events: accepted, duplicate or rejected, and why.

{{ checked_rows(
    'engagement_events',
    rejects={
        'channel and action do not go together': "concat(channel, ' ', action) not in ('community like', 'community comment', 'community share', 'community post', 'community invite', 'email sent', 'email open', 'email click', 'web page_view', 'web pricing_view', 'web resource_view', 'web query', 'review positive', 'review negative', 'referral referred')",
    },
) }}

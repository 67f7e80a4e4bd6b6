-- One row per accepted row of engagement_events.

{{ accepted_rows('engagement_events') }}

-- One row per accepted row of usage_events.

{{ accepted_rows('usage_events') }}

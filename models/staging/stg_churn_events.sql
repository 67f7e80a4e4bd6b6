-- One row per accepted row of churn_events.

{{ accepted_rows('churn_events') }}

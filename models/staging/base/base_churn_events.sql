-- One row per delivered row of churn_events: accepted, duplicate or rejected, and why.

{{ checked_rows('churn_events') }}

-- One row per accepted row of success_activities.

{{ accepted_rows('success_activities') }}

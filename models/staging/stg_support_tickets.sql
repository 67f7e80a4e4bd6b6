-- One row per version of support_tickets; known_on and superseded_on say when each counts.

{{ accepted_rows('support_tickets') }}

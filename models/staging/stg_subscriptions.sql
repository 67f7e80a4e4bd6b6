-- One row per version of subscriptions; known_on and superseded_on say when each counts.

{{ accepted_rows('subscriptions') }}

-- One row per version of subscription_versions; known_on and superseded_on say when each counts.

{{ accepted_rows('subscription_versions') }}

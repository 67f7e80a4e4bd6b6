-- One row per version of account_versions; known_on and superseded_on say when each counts.

{{ accepted_rows('account_versions') }}

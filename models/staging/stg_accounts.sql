-- One row per version of accounts; known_on and superseded_on say when each counts.

{{ accepted_rows('accounts') }}

-- One row per version of users; known_on and superseded_on say when each counts.

{{ accepted_rows('users') }}

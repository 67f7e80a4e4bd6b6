-- One row per version of score_overrides; known_on and superseded_on say when each counts.

{{ accepted_rows('score_overrides') }}

-- One row per delivered row of usage_events (copies 1), and per one of them that does not count (copies -1).

{{ signed_rows('usage_events') }}

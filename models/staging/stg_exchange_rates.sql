-- One row per version of exchange_rates; known_on and superseded_on say when each counts.

{{ accepted_rows('exchange_rates') }}

-- One row per version of invoices; known_on and superseded_on say when each counts.

{{ accepted_rows('invoices') }}

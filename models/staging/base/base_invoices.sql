-- One row per delivered row of invoices: accepted, superseded or rejected, and why.

{{ checked_rows('invoices') }}

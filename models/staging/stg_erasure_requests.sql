-- One row per accepted row of erasure_requests.

{{ accepted_rows('erasure_requests') }}

-- One row per accepted row of csm_pulses.

{{ accepted_rows('csm_pulses') }}

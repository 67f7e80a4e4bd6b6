-- One row per delivered row of csm_pulses in the layout of the input contract.

{{ contract_rows('csm_pulses') }}

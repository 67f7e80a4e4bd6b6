-- One row per delivered row of exchange_rates: accepted, superseded or rejected, and why.

{{ checked_rows(
    'exchange_rates',
    parent=none,
    rejects={
        'rate is not above zero': 'rate <= 0',
    },
) }}

-- One row per delivered row of score_overrides: accepted, superseded or rejected, and why.

{{ checked_rows(
    'score_overrides',
    rejects={
        'scorecard is unknown':
            '(select count(*) from ' ~ ref('scorecards') ~ ' as scorecards'
            ~ ' where scorecards.scorecard = joined.scorecard) = 0',
        'kind is none of set, cap, floor': "kind not in ('set', 'cap', 'floor')",
        'value is outside 0 to 100':
            '(value < 0 or value > 100) and (select count(*) from ' ~ ref('scorecards') ~ ' as scorecards'
            ~ ' where scorecards.scorecard = joined.scorecard and scorecards.method = ' ~ "'weighted_average') > 0",
        'expires_on is before starts_on': 'expires_on < starts_on',
        'it would be in force for more than override_max_days':
            dbt.datediff('starts_on', 'expires_on', 'day')
            ~ ' >= (select override_max_days from ' ~ ref('int_settings') ~ ')',
    },
) }}

-- One row per score date and signal: what moved since four weeks before, and what probably happened.

with

evidence as (

    select * from {{ ref('int_signal_drift_evidence') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

-- The first that fits: what stops a feed, or changes a unit, moves the values as well.
judged as (

    select
        evidence.score_date,
        evidence.signal,
        case
            when evidence.was_fed = 1 and evidence.is_fed = 0 then 'not fed'
            when
                evidence.missing_rate_jump >= settings.drift_missing_jump
                and (
                    evidence.age_days > evidence.warn_after_days
                    or evidence.stale_share + evidence.missing_share >= 1
                )
                then 'silent'
            when evidence.missing_rate_jump >= settings.drift_missing_jump then 'thinner'
            when
                evidence.age_days > evidence.warn_after_days
                and evidence.account_count >= settings.drift_min_accounts
                then 'late'
            when
                (
                    evidence.least_ratio >= settings.drift_unit_factor
                    or evidence.greatest_ratio * settings.drift_unit_factor <= 1
                )
                and evidence.least_ratio * (1 + settings.drift_factor_tolerance) >= evidence.median_ratio
                and evidence.greatest_ratio <= evidence.median_ratio * (1 + settings.drift_factor_tolerance)
                then 'scaled'
            when
                evidence.is_sum_of_rows = 1
                and evidence.least_ratio * (1 + settings.drift_factor_tolerance) >= 2
                and evidence.greatest_ratio <= 2 * (1 + settings.drift_factor_tolerance)
                then 'doubled'
            when
                evidence.is_comparable = 1
                and evidence.population_stability_index > settings.drift_index_max
                and abs(evidence.moved_share) >= settings.drift_moved_share
                then 'moved'
        end as symptom

    from evidence

    cross join settings

),

worded as (

    select
        score_date,
        signal,
        cast(from_date as {{ dbt.type_string() }}) as from_text,
        coalesce('newest fact ' || cast(newest_observed_on as {{ dbt.type_string() }}), 'no fact at all')
            as newest_text,
        cast(age_days as {{ dbt.type_string() }}) as age_text,
        cast(warn_after_days as {{ dbt.type_string() }}) as warn_text,
        {{ as_percent('1 - former_stale_share - former_missing_share') }} as former_measured_text,
        case
            when stale_share - former_stale_share >= missing_share - former_missing_share
                then
                    'stale for ' || {{ as_percent('stale_share') }}
                    || ' of the accounts, ' || {{ as_percent('former_stale_share') }}
            else
                'missing for ' || {{ as_percent('missing_share') }}
                || ' of the accounts, ' || {{ as_percent('former_missing_share') }}
        end as states_text,
        case
            when least_ratio >= 1
                then
                    {{ as_number('least_ratio', 1) }}
                    || ' to ' || {{ as_number('greatest_ratio', 1) }} || ' times'
            else
                '1/' || {{ as_number(ratio('1', 'greatest_ratio'), 1) }}
                || ' to 1/' || {{ as_number(ratio('1', 'least_ratio'), 1) }} || ' of'
        end as factor_text,
        {{ as_number('former_median', 2) }}
        || ' then and ' || {{ as_number('present_median', 2) }} || ' now' as median_text,
        {{ as_number('population_stability_index', 2) }} as index_text,
        {{ as_percent('abs(moved_share)') }} || ' of the accounts moved '
        || case when moved_share < 0 then 'down' else 'up' end as moved_text

    from evidence

)

select
    evidence.score_date,
    evidence.signal,
    evidence.from_date,
    evidence.population_stability_index,
    evidence.moved_share,
    evidence.missing_rate_jump,
    evidence.median_ratio,
    cast(case
        when judged.symptom in ('not fed', 'silent', 'late') then 'feed stopped'
        when judged.symptom = 'thinner' then 'values missing'
        when judged.symptom = 'scaled' then 'unit changed'
        when judged.symptom = 'doubled' then 'duplicated load'
        when judged.symptom = 'moved' then 'population changed'
    end as {{ dbt.type_string() }}) as flag,
    cast(case
        when judged.symptom = 'moved' then 'information'
        when judged.symptom is not null then 'warning'
    end as {{ dbt.type_string() }}) as severity,
    cast(case
        when judged.symptom = 'not fed'
            then
                'not fed, but measured for ' || worded.former_measured_text || ' of the accounts on '
                || worded.from_text || ': its source, or a column of it, was probably taken away'
        when judged.symptom = 'silent'
            then
                worded.states_text || ' on ' || worded.from_text || '; ' || worded.newest_text
                || ': the feed, or a column of it, probably stopped'
        when judged.symptom = 'thinner'
            then
                worded.states_text || ' on ' || worded.from_text || '; ' || worded.newest_text
                || ': a column probably arrives empty, or these accounts had nothing to measure'
        when judged.symptom = 'late'
            then
                worded.newest_text || ', ' || worded.age_text || ' days before the score date where '
                || worded.warn_text || ' are allowed: the feed probably stopped'
        when judged.symptom = 'scaled'
            then
                'quartiles ' || worded.factor_text || ' those of ' || worded.from_text || ', median '
                || worded.median_text || ': the unit probably changed'
        when judged.symptom = 'doubled'
            then
                'quartiles ' || worded.factor_text || ' those of ' || worded.from_text || ', median '
                || worded.median_text || ': the same rows were probably loaded twice'
        when judged.symptom = 'moved'
            then
                'population stability index ' || worded.index_text || ', ' || worded.moved_text || ' since '
                || worded.from_text || ': the accounts, or what they do, probably changed'
    end as {{ dbt.type_string() }}) as probable_cause
from evidence
inner join judged
    on evidence.score_date = judged.score_date
    and evidence.signal = judged.signal
inner join worded
    on evidence.score_date = worded.score_date
    and evidence.signal = worded.signal

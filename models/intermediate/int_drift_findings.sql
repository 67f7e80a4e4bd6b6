-- One row per signal that is flagged on the newest score date: the finding.

with

drift as (

    select * from {{ ref('int_signal_drift') }}

),

quality as (

    select * from {{ ref('int_signal_quality') }}

),

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

last_dates as (

    select max(score_date) as score_date from score_dates

)

select
    drift.flag as finding,
    drift.severity,
    drift.signal as subject,
    quality.account_count as row_count,
    cast(case drift.flag
        when 'feed stopped' then 'accounts depend on a feed that probably stopped'
        when 'values missing' then 'accounts have a signal that more of them lack than four weeks before'
        when 'unit changed' then 'accounts have values that are probably in another unit than four weeks before'
        when 'duplicated load' then 'accounts have about twice the values of four weeks before'
        else 'accounts are spread over the values otherwise than four weeks before'
    end as {{ dbt.type_string() }}) as detail,
    cast(case drift.flag
        when 'feed stopped'
            then 'Read probable_cause in marts.signal_quality, then look at the feed behind the signal.'
        when 'values missing'
            then 'Read probable_cause in marts.signal_quality; look for a column of the feed that arrives empty.'
        when 'unit changed'
            then
                'Read probable_cause in marts.signal_quality; convert the values in the connector, '
                || 'or change the rules of the signal.'
        when 'duplicated load'
            then
                'Read probable_cause in marts.signal_quality; if the same facts stand in the source '
                || 'under two keys, delete one load.'
        else
            'Read probable_cause in marts.signal_quality; nothing is to be done if a season, '
            || 'a campaign or an incident explains it.'
    end as {{ dbt.type_string() }}) as remedy
from drift
inner join last_dates
    on drift.score_date = last_dates.score_date
inner join quality
    on drift.score_date = quality.score_date
    and drift.signal = quality.signal
where drift.flag is not null

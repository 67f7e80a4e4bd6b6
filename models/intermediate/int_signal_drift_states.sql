-- One row per score date and signal: the shares without a measurement, now and on the earlier day.

with

drift_values as (

    select * from {{ ref('int_signal_drift_values') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

counted as (

    select
        score_date,
        signal,
        sum(case when is_present = 1 and state <> 'not_applicable' then account_count else 0 end)
            as applicable_count,
        sum(case when is_present = 1 and state = 'stale' then account_count else 0 end) as stale_count,
        sum(case when is_present = 1 and state = 'missing' then account_count else 0 end) as missing_count,
        sum(case when is_present = 0 and state <> 'not_applicable' then account_count else 0 end)
            as former_applicable_count,
        sum(case when is_present = 0 and state = 'stale' then account_count else 0 end) as former_stale_count,
        sum(case when is_present = 0 and state = 'missing' then account_count else 0 end)
            as former_missing_count

    from drift_values

    group by
        score_date,
        signal

)

select
    counted.score_date,
    counted.signal,
    cast(case when counted.applicable_count > 0 then 1 else 0 end as integer) as is_fed,
    cast(case when counted.former_applicable_count > 0 then 1 else 0 end as integer) as was_fed,
    {{ rounded(ratio('counted.stale_count', 'counted.applicable_count')) }} as stale_share,
    {{ rounded(ratio('counted.missing_count', 'counted.applicable_count')) }} as missing_share,
    {{ rounded(ratio('counted.former_stale_count', 'counted.former_applicable_count')) }} as former_stale_share,
    {{ rounded(ratio('counted.former_missing_count', 'counted.former_applicable_count')) }} as former_missing_share,
    case
        when
            counted.applicable_count >= settings.drift_min_accounts
            and counted.former_applicable_count >= settings.drift_min_accounts
            then {{ rounded(
                ratio('counted.stale_count + counted.missing_count', 'counted.applicable_count')
                ~ ' - '
                ~ ratio('counted.former_stale_count + counted.former_missing_count', 'counted.former_applicable_count')
            ) }}
    end as missing_rate_jump
from counted
cross join settings

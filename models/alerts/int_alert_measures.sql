-- One row per live account, published score date and rule of accounts: what the rule measures.

with

snapshots as (

    select * from {{ ref('int_alert_snapshots') }}

),

rules as (

    select * from {{ ref('alert_rules') }}

),

bands as (

    select * from {{ ref('int_configured_bands') }}

),

pairs as (

    select * from {{ ref('history_pairs') }}

),

signals as (

    select * from {{ ref('history_signals') }}

),

overrides as (

    select * from {{ ref('stg_score_overrides') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

-- Only the signals that a rule reads, and the countdown to the renewal.
read_signals as (

    select
        signals.account_id,
        signals.score_date,
        signals.config_version,
        signals.signal,
        signals.value,
        signals.state

    from signals

    where
        signals.signal in (select rules.signal from rules)
        or signals.signal = 'days_to_renewal'

),

-- A drop is over look_back_days; an older snapshot within the tolerance of trends still serves.
looked_back as (

    select
        rules.rule,
        pairs.score_date,
        pairs.from_date,
        pairs.from_config_version,
        case when pairs.config_version <> pairs.from_config_version then 1 else 0 end as is_reconfigured

    from rules

    inner join pairs
        on rules.compared_with = pairs.compared_with

    cross join settings

    where
        rules.look_back_days is not null
        and pairs.from_date
        >= {{ days_before('pairs.score_date', 'rules.look_back_days + settings.trend_tolerance_days') }}

),

scored as (

    select
        snapshots.account_id,
        snapshots.score_date,
        rules.rule,
        rules.kind,
        snapshots.effective_score,
        snapshots.coverage,
        former.effective_score as former_score,
        former.coverage as former_coverage,
        snapshots.cap_name,
        bands.next_first_score - snapshots.effective_score as points_below,
        max(case when snapshots.effective_score >= bands.next_first_score then 1 else 0 end) over (
            partition by
                snapshots.account_id,
                rules.rule
            order by snapshots.score_date
            rows unbounded preceding
        ) as has_been_above,
        case
            when rules.look_back_days is null then snapshots.is_reconfigured
            else looked_back.is_reconfigured
        end as is_reconfigured

    from snapshots

    inner join rules
        on rules.kind in ('band', 'score_drop', 'coverage_drop', 'cap')

    left join bands
        on snapshots.config_version = bands.config_version
        and snapshots.scorecard = bands.scorecard
        and rules.band = bands.band

    left join looked_back
        on rules.rule = looked_back.rule
        and snapshots.score_date = looked_back.score_date

    left join snapshots as former
        on snapshots.account_id = former.account_id
        and looked_back.from_date = former.score_date

),

signalled as (

    select
        snapshots.account_id,
        snapshots.score_date,
        rules.rule,
        rules.kind,
        present.value,
        present.state,
        former.value as former_value,
        former.state as former_state

    from snapshots

    inner join rules
        on rules.kind in ('signal', 'signal_drop', 'stale')

    left join read_signals as present
        on snapshots.account_id = present.account_id
        and snapshots.score_date = present.score_date
        and snapshots.config_version = present.config_version
        and rules.signal = present.signal

    left join looked_back
        on rules.rule = looked_back.rule
        and snapshots.score_date = looked_back.score_date

    left join read_signals as former
        on snapshots.account_id = former.account_id
        and looked_back.from_date = former.score_date
        and looked_back.from_config_version = former.config_version
        and rules.signal = former.signal

),

overridden as (

    select
        snapshots.account_id,
        snapshots.score_date,
        rules.rule,
        snapshots.override_id,
        {{ dbt.datediff('snapshots.score_date', 'overrides.expires_on', 'day') }} as days_left

    from snapshots

    inner join rules
        on rules.kind = 'override'

    left join overrides
        on snapshots.override_id = overrides.override_id
        and {{ known_by('overrides', 'snapshots.score_date') }}

),

renewing as (

    select
        snapshots.account_id,
        snapshots.score_date,
        rules.rule,
        renewals.value as days_to_renewal,
        snapshots.is_reconfigured,
        case
            when snapshots.effective_score is null or snapshots.effective_score < bands.next_first_score then 1
            else 0
        end as is_at_risk

    from snapshots

    inner join rules
        on rules.kind = 'renewal'

    left join bands
        on snapshots.config_version = bands.config_version
        and snapshots.scorecard = bands.scorecard
        and rules.band = bands.band

    left join read_signals as renewals
        on snapshots.account_id = renewals.account_id
        and snapshots.score_date = renewals.score_date
        and snapshots.config_version = renewals.config_version
        and renewals.signal = 'days_to_renewal'
        and renewals.state = 'measured'

),

measured as (

    select
        account_id,
        score_date,
        rule,
        case
            when kind = 'band' and has_been_above = 1 then points_below
            when kind = 'score_drop' then former_score - effective_score
            when kind = 'coverage_drop' then former_coverage - coverage
            when kind = 'cap' and cap_name is not null then 1
            when kind = 'cap' then 0
        end as measure,
        0 as is_clear,
        is_reconfigured

    from scored

    union all

    select
        account_id,
        score_date,
        rule,
        case
            when kind = 'stale' and state = 'stale' then 1
            when kind = 'stale' and state = 'measured' then 0
            when kind = 'signal' and state = 'measured' then value
            when kind = 'signal_drop' and state = 'measured' and former_state = 'measured' then former_value - value
        end as measure,
        0 as is_clear,
        0 as is_reconfigured

    from signalled

    union all

    select
        account_id,
        score_date,
        rule,
        days_left as measure,
        case when override_id is null then 1 else 0 end as is_clear,
        0 as is_reconfigured

    from overridden

    union all

    select
        account_id,
        score_date,
        rule,
        case when is_at_risk = 1 then days_to_renewal end as measure,
        1 - is_at_risk as is_clear,
        is_reconfigured

    from renewing

)

select
    measured.account_id,
    measured.score_date,
    measured.rule,
    cast(measured.measure as numeric(28, 6)) as measure,
    cast(measured.is_clear as integer) as is_clear,
    cast(case
        when measured.is_clear = 1 then 0
        when rules.worse = 'more' and measured.measure > rules.threshold then 1
        when rules.worse = 'less' and measured.measure < rules.threshold then 1
        else 0
    end as integer) as is_holding,
    cast(case
        when measured.is_clear = 1 then 1
        when rules.worse = 'more' and measured.measure <= rules.recover_threshold then 1
        when rules.worse = 'less' and measured.measure >= rules.recover_threshold then 1
        else 0
    end as integer) as is_recovered,
    cast(coalesce(measured.is_reconfigured, 0) as integer) as is_reconfigured
from measured
inner join rules
    on measured.rule = rules.rule

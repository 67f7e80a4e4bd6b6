-- One row per episode and reason, the strongest first: the fact itself, and what the score lost or else lacks.

with

episodes as (

    select * from {{ ref('int_alert_episodes') }}

),

rules as (

    select * from {{ ref('alert_rules') }}

),

changes as (

    select * from {{ ref('history_changes') }}

),

snapshots as (

    select * from {{ ref('int_alert_snapshots') }}

),

dimensions as (

    select * from {{ ref('history_dimensions') }}

),

scorecard_rules as (

    select * from {{ ref('history_rules') }}

),

causes as (

    select * from {{ ref('int_alert_causes') }}

),

signals as (

    select * from {{ ref('signals') }}

),

values_seen as (

    select * from {{ ref('history_signals') }}

),

measures as (

    select * from {{ ref('int_alert_measures') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

lost as (

    select
        episodes.account_id,
        episodes.rule,
        episodes.opened_on,
        'ledger' as reason_kind,
        case when rules.signal <> '*' and rules.signal = changes.signal then 1 else 0 end as is_own,
        changes.part as cause_type,
        changes.signal as cause,
        -changes.points as weight,
        case
            when changes.part = 'behaviour'
                then
                    signals.title || ': ' || {{ in_words('changes.value_before', 'signals.unit') }}
                    || ', now ' || {{ in_words('changes.value_after', 'signals.unit') }}
            when changes.part = 'coverage'
                then signals.title || ': ' || changes.state_before || ', now ' || changes.state_after
            when changes.part = 'cap' then 'A hard fact caps the score'
            when changes.part = 'override' then 'An override lowered the score, or one that lifted it ended'
            when changes.part = 'profile'
                then 'Judged as ' || changes.profile_after || ', before as ' || changes.profile_before
            when changes.part = 'configuration' then 'The rules of the score changed'
            else 'Other accounts, with which it is compared, did better'
        end || ' (-' || {{ as_number('-changes.points', 1) }} || ' points)' as reason

    from episodes

    inner join rules
        on episodes.rule = rules.rule

    inner join snapshots
        on episodes.account_id = snapshots.account_id
        and episodes.opened_on = snapshots.score_date

    inner join changes
        on snapshots.account_id = changes.account_id
        and snapshots.score_date = changes.score_date
        and snapshots.scorecard = changes.scorecard
        and rules.compared_with = changes.compared_with

    left join signals
        on changes.signal = signals.signal

    where
        changes.points < 0
        and not (rules.kind = 'cap' and changes.part = 'cap')

),

-- What the rule itself saw, where the ledger does not tell it.
facts as (

    select
        episodes.account_id,
        episodes.rule,
        episodes.opened_on,
        'fact' as reason_kind,
        1 as is_own,
        'rule' as cause_type,
        rules.rule as cause,
        measures.measure as weight,
        case rules.kind
            when 'signal' then signals.title || ': ' || {{ in_words('measures.measure', 'signals.unit') }}
            when 'signal_drop'
                then signals.title || ': ' || {{ in_words('measures.measure', 'signals.unit') }} || ' less'
            when 'stale' then signals.title || ': too old to count'
            when 'override' then 'It ends in ' || {{ in_words('measures.measure', "'days'") }}
            when 'coverage_drop'
                then {{ as_percent('snapshots.coverage') }} || ' of the weight is measured, before '
                    || {{ as_percent('snapshots.coverage + measures.measure') }}
            when 'cap'
                then cap_signals.title || ': ' || {{ in_words('values_seen.value', 'cap_signals.unit') }}
                    || ', so the score is at most ' || {{ as_number('score_caps.cap', 0) }}
        end as reason

    from episodes

    inner join rules
        on episodes.rule = rules.rule

    inner join measures
        on episodes.account_id = measures.account_id
        and episodes.rule = measures.rule
        and episodes.opened_on = measures.score_date

    inner join snapshots
        on episodes.account_id = snapshots.account_id
        and episodes.opened_on = snapshots.score_date

    left join signals
        on rules.signal = signals.signal

    left join score_caps
        on snapshots.scorecard = score_caps.scorecard
        and snapshots.cap_name = score_caps.cap_name

    left join signals as cap_signals
        on score_caps.signal = cap_signals.signal

    left join values_seen
        on episodes.account_id = values_seen.account_id
        and episodes.opened_on = values_seen.score_date
        and snapshots.config_version = values_seen.config_version
        and score_caps.signal = values_seen.signal

    left join lost
        on episodes.account_id = lost.account_id
        and episodes.rule = lost.rule
        and episodes.opened_on = lost.opened_on
        and lost.is_own = 1

    where lost.account_id is null

),

dimension_weights as (

    select
        config_version,
        scorecard,
        profile,
        dimension,
        max(dimension_weight) as dimension_weight

    from scorecard_rules

    group by
        config_version,
        scorecard,
        profile,
        dimension

),

lacking as (

    select
        episodes.account_id,
        episodes.rule,
        episodes.opened_on,
        'lacking' as reason_kind,
        0 as is_own,
        'dimension' as cause_type,
        dimensions.dimension as cause,
        dimension_weights.dimension_weight * (100 - dimensions.score) as weight,
        'Points for ' || dimensions.dimension || ': '
        || {{ as_number('dimensions.score', 1) }} || ' of 100' as reason

    from episodes

    inner join snapshots
        on episodes.account_id = snapshots.account_id
        and episodes.opened_on = snapshots.score_date

    inner join dimensions
        on snapshots.account_id = dimensions.account_id
        and snapshots.score_date = dimensions.score_date
        and snapshots.scorecard = dimensions.scorecard
        and snapshots.config_version = dimensions.config_version

    inner join dimension_weights
        on dimensions.config_version = dimension_weights.config_version
        and dimensions.scorecard = dimension_weights.scorecard
        and dimensions.dimension = dimension_weights.dimension
        and snapshots.profile = dimension_weights.profile

    where
        dimension_weights.dimension_weight * (100 - dimensions.score) > 0
        and not exists (
            select 1
            from lost
            where
                lost.account_id = episodes.account_id
                and lost.rule = episodes.rule
                and lost.opened_on = episodes.opened_on
        )

),

book as (

    select
        episodes.account_id,
        episodes.rule,
        episodes.opened_on,
        'book' as reason_kind,
        0 as is_own,
        causes.cause_type,
        causes.cause,
        causes.moved_share as weight,
        causes.title || case causes.cause_type
            when 'rule' then ': began for ' || {{ as_percent('causes.moved_share') }} || ' of the accounts within a week'
            when 'coverage' then ': no longer measured for ' || {{ as_percent('causes.moved_share') }} || ' of the accounts'
            else ': lowers ' || {{ as_percent('causes.moved_share') }} || ' of the accounts more than it lifts'
        end as reason

    from episodes

    inner join causes
        on episodes.opened_on = causes.score_date

    where episodes.account_id = '*'

),

reasons as (

    select * from facts

    where reason is not null

    union all

    select * from lost

    union all

    select * from lacking

    union all

    select * from book

)

select
    account_id,
    rule,
    opened_on,
    cast(reason_kind as {{ dbt.type_string() }}) as reason_kind,
    cast(cause_type as {{ dbt.type_string() }}) as cause_type,
    cast(cause as {{ dbt.type_string() }}) as cause,
    cast(reason as {{ dbt.type_string() }}) as reason,
    cast(case when reason_kind = 'ledger' then weight end as numeric(28, 6)) as points_lost,
    cast(row_number() over (
        partition by
            account_id,
            rule,
            opened_on
        order by
            is_own desc,
            weight desc,
            cause_type asc,
            cause asc
    ) as integer) as reason_number
from reasons

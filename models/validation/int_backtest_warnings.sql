-- One row per scorecard, profile, configuration, evidence, quarter and span: who was warned of, and who for nothing.

with

banded_accounts as (

    select * from {{ ref('int_backtest_banded_accounts') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

spans as (

    select 30 as span_days

    union all

    select 60 as span_days

    union all

    select 90 as span_days

),

-- The newest snapshot at least a span before the departure.
leavers as (

    select
        banded_accounts.config_version,
        banded_accounts.scorecard,
        banded_accounts.account_id,
        banded_accounts.evidence,
        banded_accounts.quarter,
        banded_accounts.profile,
        banded_accounts.mrr,
        banded_accounts.is_warned,
        spans.span_days,
        1 as is_leaver,
        row_number() over (
            partition by
                banded_accounts.config_version,
                banded_accounts.scorecard,
                banded_accounts.account_id,
                banded_accounts.churned_on,
                spans.span_days
            order by banded_accounts.score_date desc
        ) as snapshot_number

    from banded_accounts

    cross join settings

    inner join spans
        on banded_accounts.days_to_churn >= spans.span_days
        and banded_accounts.days_to_churn <= spans.span_days + settings.warning_tolerance_days

),

stayers as (

    select
        banded_accounts.config_version,
        banded_accounts.scorecard,
        banded_accounts.account_id,
        banded_accounts.evidence,
        banded_accounts.quarter,
        banded_accounts.profile,
        banded_accounts.mrr,
        banded_accounts.is_warned,
        spans.span_days,
        0 as is_leaver,
        1 as snapshot_number

    from banded_accounts

    cross join settings

    inner join spans
        on banded_accounts.observed_days >= spans.span_days + settings.warning_tolerance_days

    where
        banded_accounts.days_to_churn is null
        or banded_accounts.days_to_churn > spans.span_days + settings.warning_tolerance_days

),

snapshots as (

    select * from leavers

    where snapshot_number = 1

    union all

    select * from stayers

),

segmented as (

    select
        config_version,
        scorecard,
        evidence,
        quarter,
        profile,
        mrr,
        is_warned,
        span_days,
        is_leaver

    from snapshots

    union all

    select
        config_version,
        scorecard,
        evidence,
        quarter,
        '*' as profile,
        mrr,
        is_warned,
        span_days,
        is_leaver

    from snapshots

),

rolled as (

    select
        config_version,
        scorecard,
        evidence,
        quarter,
        profile,
        mrr,
        is_warned,
        span_days,
        is_leaver

    from segmented

    union all

    select
        config_version,
        scorecard,
        evidence,
        'all' as quarter,
        profile,
        mrr,
        is_warned,
        span_days,
        is_leaver

    from segmented

)

select
    config_version,
    scorecard,
    evidence,
    cast(quarter as {{ dbt.type_string() }}) as quarter,
    cast(profile as {{ dbt.type_string() }}) as profile,
    cast(span_days as integer) as span_days,
    cast(sum(is_leaver) as bigint) as departure_count,
    {{ rounded(ratio('sum(is_leaver * is_warned)', 'sum(is_leaver)')) }} as warned_share,
    {{ rounded(ratio('sum(is_leaver * is_warned * mrr)', 'sum(is_leaver * mrr)')) }} as warned_mrr_share,
    {{ rounded(ratio('sum((1 - is_leaver) * is_warned)', 'sum(1 - is_leaver)')) }} as kept_warned_share,
    {{ rounded(ratio('sum((1 - is_leaver) * is_warned * mrr)', 'sum((1 - is_leaver) * mrr)')) }}
        as kept_warned_mrr_share
from rolled
group by
    config_version,
    scorecard,
    evidence,
    quarter,
    profile,
    span_days

-- One row per scorecard and dimension, profile, configuration, evidence, quarter, horizon, lead and cohort.

with

estimates as (

    select * from {{ ref('int_backtest_estimates') }}

),

warnings as (

    select * from {{ ref('int_backtest_warnings') }}

),

backtest_dates as (

    select * from {{ ref('int_backtest_dates') }}

),

versions as (

    select * from {{ ref('int_config_version') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

rolled_dates as (

    select
        config_version,
        scorecard,
        evidence,
        quarter,
        score_date,
        observed_days

    from backtest_dates

    union all

    select
        config_version,
        scorecard,
        evidence,
        'all' as quarter,
        score_date,
        observed_days

    from backtest_dates

),

spans as (

    select distinct
        horizon_days,
        lead_days

    from estimates

),

dates as (

    select
        rolled_dates.config_version,
        rolled_dates.scorecard,
        rolled_dates.evidence,
        rolled_dates.quarter,
        spans.horizon_days,
        spans.lead_days,
        min(rolled_dates.score_date) as first_score_date,
        max(rolled_dates.score_date) as last_score_date,
        count(*) as score_date_count

    from rolled_dates

    inner join spans
        on rolled_dates.observed_days >= spans.horizon_days + spans.lead_days

    group by
        rolled_dates.config_version,
        rolled_dates.scorecard,
        rolled_dates.evidence,
        rolled_dates.quarter,
        spans.horizon_days,
        spans.lead_days

),

beside as (

    select
        config_version,
        scorecard,
        profile,
        evidence,
        quarter,
        horizon_days,
        lead_days,
        cohort,
        max(case when measure = 'population' then churned_rows end) as churned_rows,
        max(case when measure = 'population' then kept_rows end) as kept_rows,
        max(case when measure = 'population' then churned_accounts end) as churned_accounts,
        max(case when measure = 'population' then kept_accounts end) as kept_accounts,
        max(case when measure = 'effective score' then auc end) as effective_auc,
        max(case when measure = 'effective score' then auc_low end) as effective_auc_low,
        max(case when measure = 'effective score' then auc_high end) as effective_auc_high,
        max(case when measure = 'rival: tenure' then auc end) as tenure_auc,
        max(case when measure = 'rival: idle days' then auc end) as idle_days_auc,
        max(case when measure = 'rival: days to renewal' then auc end) as days_to_renewal_auc

    from estimates

    group by
        config_version,
        scorecard,
        profile,
        evidence,
        quarter,
        horizon_days,
        lead_days,
        cohort

),

warned as (

    select
        config_version,
        scorecard,
        evidence,
        quarter,
        profile,
        max(case when span_days = 30 then warned_share end) as warned_share_30d,
        max(case when span_days = 30 then warned_mrr_share end) as warned_mrr_share_30d,
        max(case when span_days = 30 then kept_warned_share end) as kept_warned_share_30d,
        max(case when span_days = 30 then kept_warned_mrr_share end) as kept_warned_mrr_share_30d,
        max(case when span_days = 60 then warned_share end) as warned_share_60d,
        max(case when span_days = 60 then warned_mrr_share end) as warned_mrr_share_60d,
        max(case when span_days = 60 then kept_warned_share end) as kept_warned_share_60d,
        max(case when span_days = 60 then kept_warned_mrr_share end) as kept_warned_mrr_share_60d,
        max(case when span_days = 90 then warned_share end) as warned_share_90d,
        max(case when span_days = 90 then warned_mrr_share end) as warned_mrr_share_90d,
        max(case when span_days = 90 then kept_warned_share end) as kept_warned_share_90d,
        max(case when span_days = 90 then kept_warned_mrr_share end) as kept_warned_mrr_share_90d

    from warnings

    group by
        config_version,
        scorecard,
        evidence,
        quarter,
        profile

),

judged as (

    select
        config_version,
        scorecard,
        measure,
        profile,
        evidence,
        quarter,
        horizon_days,
        lead_days,
        cohort,
        churned_rows,
        kept_rows,
        churned_accounts,
        kept_accounts,
        auc,
        auc_low,
        auc_high,
        lift_5,
        lift_10,
        lift_20,
        lift_10_low,
        lift_10_high,
        case when measure = 'score' then '*' else replace(measure, 'dimension: ', '') end as dimension

    from estimates

    where
        measure = 'score'
        or measure like 'dimension: %'

)

select
    judged.scorecard,
    cast(judged.dimension as {{ dbt.type_string() }}) as dimension,
    judged.profile,
    judged.config_version,
    judged.evidence,
    judged.quarter,
    judged.horizon_days,
    judged.lead_days,
    judged.cohort,
    cast(case
        when
            versions.config_version is not null
            and judged.evidence = 'prospective'
            and judged.quarter = 'all'
            and judged.cohort = 'all'
            then 1
        else 0
    end as integer) as is_headline,
    dates.first_score_date,
    dates.last_score_date,
    cast(dates.score_date_count as integer) as score_date_count,
    cast(beside.churned_rows + beside.kept_rows as bigint) as account_date_count,
    cast(beside.churned_accounts as bigint) as churned_account_count,
    cast(beside.kept_accounts as bigint) as kept_account_count,
    {{ rounded(ratio('beside.churned_rows', 'beside.churned_rows + beside.kept_rows')) }} as base_rate,
    {{ rounded('1 - ' ~ ratio('judged.churned_rows', 'beside.churned_rows')) }} as unscored_churned_share,
    {{ rounded('1 - ' ~ ratio('judged.kept_rows', 'beside.kept_rows')) }} as unscored_kept_share,
    judged.auc,
    judged.auc_low,
    judged.auc_high,
    case when judged.dimension = '*' then coalesce(beside.effective_auc, judged.auc) end as effective_auc,
    case when judged.dimension = '*' then coalesce(beside.effective_auc_low, judged.auc_low) end as effective_auc_low,
    case when judged.dimension = '*' then coalesce(beside.effective_auc_high, judged.auc_high) end
        as effective_auc_high,
    judged.lift_5,
    judged.lift_10,
    judged.lift_10_low,
    judged.lift_10_high,
    judged.lift_20,
    case when judged.dimension = '*' then beside.tenure_auc end as tenure_auc,
    case when judged.dimension = '*' then beside.idle_days_auc end as idle_days_auc,
    case when judged.dimension = '*' then beside.days_to_renewal_auc end as days_to_renewal_auc,
    warned.warned_share_30d,
    warned.kept_warned_share_30d,
    warned.warned_mrr_share_30d,
    warned.kept_warned_mrr_share_30d,
    warned.warned_share_60d,
    warned.kept_warned_share_60d,
    warned.warned_mrr_share_60d,
    warned.kept_warned_mrr_share_60d,
    warned.warned_share_90d,
    warned.kept_warned_share_90d,
    warned.warned_mrr_share_90d,
    warned.kept_warned_mrr_share_90d,
    cast(case
        when judged.auc is not null then null
        when judged.churned_accounts < settings.backtest_min_accounts
            then 'only ' || judged.churned_accounts || ' scored accounts churned, '
                || settings.backtest_min_accounts || ' are needed'
        else 'only ' || judged.kept_accounts || ' scored accounts stayed, '
            || settings.backtest_min_accounts || ' are needed'
    end as {{ dbt.type_string() }}) as reason,
    cast('{{ var("churn_source") }}' as {{ dbt.type_string() }}) as churn_source
from judged
cross join settings
inner join beside
    on judged.config_version = beside.config_version
    and judged.scorecard = beside.scorecard
    and judged.profile = beside.profile
    and judged.evidence = beside.evidence
    and judged.quarter = beside.quarter
    and judged.horizon_days = beside.horizon_days
    and judged.lead_days = beside.lead_days
    and judged.cohort = beside.cohort
inner join dates
    on judged.config_version = dates.config_version
    and judged.scorecard = dates.scorecard
    and judged.evidence = dates.evidence
    and judged.quarter = dates.quarter
    and judged.horizon_days = dates.horizon_days
    and judged.lead_days = dates.lead_days
left join warned
    on judged.config_version = warned.config_version
    and judged.scorecard = warned.scorecard
    and judged.evidence = warned.evidence
    and judged.quarter = warned.quarter
    and judged.profile = warned.profile
    and judged.cohort = 'all'
    and judged.dimension = '*'
left join versions
    on judged.config_version = versions.config_version

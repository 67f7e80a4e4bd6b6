-- One row per signal, horizon and lead: what it says about departures, and whether to believe it.

with

estimates as (

    select * from {{ ref('int_signal_estimates') }}

),

signals as (

    select * from {{ ref('signals') }}

),

signal_rules as (

    select * from {{ ref('signal_rules') }}

),

signal_groups as (

    select * from {{ ref('int_signal_groups') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

weighed as (

    select
        signal,
        count(distinct scorecard) as scorecard_count

    from signal_rules

    where weight <> 0

    group by signal

),

population as (

    select
        horizon_days,
        lead_days,
        churned_rows,
        kept_rows

    from estimates

    where signal = '*'

)

select
    signals.signal,
    signals.dimension,
    signals.better,
    cast(coalesce(weighed.scorecard_count, 0) as integer) as scorecard_count,
    population.horizon_days,
    population.lead_days,
    cast(coalesce(estimates.churned_accounts, 0) as bigint) as churned_account_count,
    cast(coalesce(estimates.kept_accounts, 0) as bigint) as kept_account_count,
    {{ rounded(ratio(
        'coalesce(estimates.churned_rows, 0) + coalesce(estimates.kept_rows, 0)',
        'population.churned_rows + population.kept_rows',
    )) }} as coverage,
    {{ rounded(ratio('coalesce(estimates.churned_rows, 0)', 'population.churned_rows')) }} as churned_coverage,
    estimates.auc,
    estimates.auc_low,
    estimates.auc_high,
    cast(case
        when estimates.auc is null then 'unknown'
        when abs(estimates.auc - 0.5) > settings.leakage_auc_distance then 'leaking'
        when signals.better = 'neutral' then 'neutral'
        when estimates.auc_high < 0.5 then 'misleading'
        when estimates.auc_low > 0.5 then 'predictive'
        else 'silent'
    end as {{ dbt.type_string() }}) as verdict,
    signal_groups.signal_group,
    signal_groups.most_alike_signal,
    signal_groups.most_alike_correlation,
    cast(case
        when estimates.auc is not null then null
        when estimates.signal is null then 'never measured on a judged day'
        else 'measured for ' || estimates.churned_accounts || ' churned and ' || estimates.kept_accounts
            || ' kept accounts, ' || settings.backtest_min_accounts || ' each are needed'
    end as {{ dbt.type_string() }}) as reason,
    cast('{{ var("churn_source") }}' as {{ dbt.type_string() }}) as churn_source
from signals
cross join population
cross join settings
inner join signal_groups
    on signals.signal = signal_groups.signal
left join weighed
    on signals.signal = weighed.signal
left join estimates
    on signals.signal = estimates.signal
    and population.horizon_days = estimates.horizon_days
    and population.lead_days = estimates.lead_days

-- One row per floor of the seed: is it reached?

with

floors as (

    select * from {{ ref('backtest_floors') }}

),

performance as (

    select * from {{ ref('int_scorecard_performance') }}

),

versions as (

    select * from {{ ref('int_config_version') }}

),

-- What came after the configuration counts first; without enough of it, what came before.
candidates as (

    select
        performance.scorecard,
        performance.horizon_days,
        performance.lead_days,
        performance.evidence,
        performance.auc,
        performance.auc_high,
        performance.lift_10,
        performance.lift_10_high,
        case
            when
                coalesce(performance.tenure_auc, 0) >= coalesce(performance.idle_days_auc, 0)
                and coalesce(performance.tenure_auc, 0) >= coalesce(performance.days_to_renewal_auc, 0)
                then performance.tenure_auc
            when coalesce(performance.idle_days_auc, 0) >= coalesce(performance.days_to_renewal_auc, 0)
                then performance.idle_days_auc
            else performance.days_to_renewal_auc
        end as best_rival_auc,
        row_number() over (
            partition by
                performance.scorecard,
                performance.horizon_days,
                performance.lead_days
            order by case when performance.evidence = 'prospective' then 0 else 1 end
        ) as candidate_number

    from performance

    inner join versions
        on performance.config_version = versions.config_version

    where
        performance.evidence <> 'in_sample'
        and performance.auc is not null
        and performance.dimension = '*'
        and performance.profile = '*'
        and performance.quarter = 'all'
        and performance.cohort = 'all'

),

judged as (

    select
        floors.scorecard,
        floors.horizon_days,
        floors.lead_days,
        floors.measure,
        floors.floor,
        floors.on_miss,
        candidates.evidence,
        case floors.measure
            when 'auc' then candidates.auc
            when 'lift_10' then candidates.lift_10
            when 'auc_over_best_rival' then candidates.auc - candidates.best_rival_auc
        end as figure,
        case floors.measure
            when 'auc' then candidates.auc_high
            when 'lift_10' then candidates.lift_10_high
            when 'auc_over_best_rival' then candidates.auc_high - candidates.best_rival_auc
        end as figure_high

    from floors

    left join candidates
        on floors.scorecard = candidates.scorecard
        and floors.horizon_days = candidates.horizon_days
        and floors.lead_days = candidates.lead_days
        and candidates.candidate_number = 1

)

select
    scorecard,
    horizon_days,
    lead_days,
    measure,
    floor,
    on_miss,
    evidence,
    cast(figure as numeric(28, 6)) as figure,
    cast(figure_high as numeric(28, 6)) as figure_high,
    cast(case
        when figure_high is null then 'not judged'
        when figure_high < floor then 'missed'
        else 'reached'
    end as {{ dbt.type_string() }}) as verdict,
    cast(case
        when figure_high is null
            then 'too little is known: fewer accounts left, or stayed, on judged days than backtest_min_accounts'
        when figure_high < floor then 'even the upper end of the interval lies below the floor'
        when figure < floor then 'the figure lies below the floor, but its interval reaches it'
        else 'the figure reaches the floor'
    end as {{ dbt.type_string() }}) as explanation
from judged

-- One row per live account, score date and scorecard: the score as it is computed, before caps and overrides.

with

contributions as (

    select * from {{ ref('int_contributions') }}

),

scorecards as (

    select * from {{ ref('scorecards') }}

),

totals as (

    select
        account_id,
        score_date,
        scorecard,
        sum(contribution) as score,
        case when count(*) = count(low_contribution) then sum(low_contribution) end as score_low,
        case when count(*) = count(high_contribution) then sum(high_contribution) end as score_high,
        sum(case when state = 'measured' then abs(applicable_weight) else 0 end) as measured_weight,
        sum(abs(applicable_weight)) as applicable_weight,
        sum(case when state <> 'not_applicable' then abs(configured_weight) else 0 end) as fed_weight,
        sum(abs(configured_weight)) as configured_weight,
        count(distinct case when state = 'measured' then dimension end) as measured_dimensions

    from contributions

    group by
        account_id,
        score_date,
        scorecard

),

covered as (

    select
        account_id,
        score_date,
        scorecard,
        score,
        score_low,
        score_high,
        measured_dimensions,
        {{ rounded(ratio('measured_weight', 'applicable_weight')) }} as coverage,
        {{ rounded(ratio('fed_weight', 'configured_weight')) }} as source_coverage

    from totals

)

select
    covered.account_id,
    covered.score_date,
    covered.scorecard,
    cast(case
        when
            covered.coverage >= scorecards.min_coverage
            and covered.measured_dimensions >= scorecards.min_dimensions
            then covered.score
    end as numeric(28, 6)) as score,
    cast(case when covered.coverage is not null then covered.score_low end as numeric(28, 6)) as score_low,
    cast(case when covered.coverage is not null then covered.score_high end as numeric(28, 6)) as score_high,
    covered.coverage,
    covered.source_coverage
from covered
inner join scorecards
    on covered.scorecard = scorecards.scorecard

-- One row per live account, score date, scorecard and weighed signal: points and share of the weight.

with

points as (

    select * from {{ ref('int_signal_points') }}

),

priors as (

    select * from {{ ref('int_signal_priors') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

imputed as (

    select
        points.account_id,
        points.score_date,
        points.scorecard,
        points.signal,
        points.dimension,
        points.method,
        points.state,
        points.value,
        points.observed_on,
        points.rule_profile,
        points.missing_policy,
        points.least_points,
        points.greatest_points,
        points.weight,
        points.dimension_weight,
        case when points.state = 'not_applicable' then 0 else points.weight end as applicable_weight,
        case
            when points.points is not null then points.points
            when points.state = 'not_applicable' then null
            when points.missing_policy = 'zero' then points.least_points
            when points.missing_policy = 'neutral' and points.method = 'sum' then 0
            when points.missing_policy = 'neutral' then settings.neutral_points
            when points.missing_policy = 'prior' then priors.prior_points
        end as points

    from points

    cross join settings

    left join priors
        on points.score_date = priors.score_date
        and points.scorecard = priors.scorecard
        and points.profile = priors.profile
        and points.signal = priors.signal

),

dimensions as (

    select
        account_id,
        score_date,
        scorecard,
        dimension,
        max(dimension_weight) as dimension_weight,
        sum(weight) as configured_signals,
        sum(applicable_weight) as applicable_signals,
        sum(case when points is not null then weight else 0 end) as scored_signals

    from imputed

    group by
        account_id,
        score_date,
        scorecard,
        dimension

),

totals as (

    select
        account_id,
        score_date,
        scorecard,
        dimension,
        cast(configured_signals as numeric(28, 6)) as configured_signals,
        cast(applicable_signals as numeric(28, 6)) as applicable_signals,
        cast(scored_signals as numeric(28, 6)) as scored_signals,
        cast(
            sum(case when applicable_signals > 0 then dimension_weight else 0 end) over (
                partition by
                    account_id,
                    score_date,
                    scorecard
            ) as numeric(28, 6)
        ) as applicable_dimensions,
        cast(
            sum(case when scored_signals > 0 then dimension_weight else 0 end) over (
                partition by
                    account_id,
                    score_date,
                    scorecard
            ) as numeric(28, 6)
        ) as scored_dimensions

    from dimensions

)

select
    imputed.account_id,
    imputed.score_date,
    imputed.scorecard,
    imputed.signal,
    imputed.dimension,
    imputed.method,
    imputed.state,
    imputed.value,
    imputed.observed_on,
    imputed.rule_profile,
    imputed.missing_policy,
    imputed.least_points,
    imputed.greatest_points,
    cast(case
        when imputed.points is not null and imputed.state <> 'measured' then 1
        else 0
    end as integer) as is_imputed,
    cast(imputed.points as numeric(28, 6)) as points,
    {{ rounded("case
        when imputed.method = 'sum' then imputed.weight
        else " ~ ratio('imputed.dimension_weight * imputed.weight', 'totals.configured_signals') ~ "
    end") }} as configured_weight,
    {{ rounded("case
        when imputed.state = 'not_applicable' then 0
        when imputed.method = 'sum' then imputed.weight
        else " ~ ratio('imputed.dimension_weight * imputed.weight', 'totals.applicable_signals') ~ "
    end") }} as applicable_weight,
    {{ rounded("case
        when imputed.state = 'not_applicable' then 0
        when imputed.method = 'sum' then imputed.weight
        else " ~ ratio(
            'imputed.dimension_weight * imputed.weight',
            'totals.applicable_signals * totals.applicable_dimensions',
        ) ~ "
    end") }} as full_weight,
    {{ rounded("case
        when imputed.points is null then 0
        when imputed.method = 'sum' then imputed.weight
        else " ~ ratio(
            'imputed.dimension_weight * imputed.weight',
            'totals.scored_signals * totals.scored_dimensions',
        ) ~ "
    end") }} as weight
from imputed
inner join totals
    on imputed.account_id = totals.account_id
    and imputed.score_date = totals.score_date
    and imputed.scorecard = totals.scorecard
    and imputed.dimension = totals.dimension

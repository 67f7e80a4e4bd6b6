-- One row per live account, score date, scorecard and weighed signal: what it adds to the score.

with

scored_signals as (

    select * from {{ ref('int_scored_signals') }}

)

select
    account_id,
    score_date,
    scorecard,
    signal,
    dimension,
    method,
    state,
    value,
    observed_on,
    rule_profile,
    missing_policy,
    least_points,
    greatest_points,
    is_imputed,
    points,
    configured_weight,
    applicable_weight,
    weight,
    {{ rounded_product('weight', 'points') }} as contribution,
    {{ rounded_product('weight', '100 - points') }} as points_lost,
    {{ rounded_product('full_weight', "case
        when state = 'measured' then points
        when state = 'not_applicable' then 0
        when full_weight < 0 then greatest_points
        else least_points
    end") }} as low_contribution,
    {{ rounded_product('full_weight', "case
        when state = 'measured' then points
        when state = 'not_applicable' then 0
        when full_weight < 0 then least_points
        else greatest_points
    end") }} as high_contribution
from scored_signals

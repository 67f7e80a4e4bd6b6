-- One row per scorecard, segment and score date: the roll-up.

with

scores as (

    select * from {{ ref('int_scores') }}

),

accounts as (

    select * from {{ ref('int_account_dates') }}

),

account_scores as (

    select
        scores.scorecard,
        scores.score_date,
        scores.profile,
        scores.score as computed_score,
        scores.effective_score,
        scores.colour,
        scores.band,
        accounts.plan,
        accounts.industry,
        accounts.region,
        accounts.csm,
        accounts.lifecycle_stage,
        accounts.mrr,
        case when scores.effective_score is not null then accounts.mrr end as scored_mrr,
        case when scores.score is not null then accounts.mrr end as computed_mrr

    from scores

    inner join accounts
        on scores.account_id = accounts.account_id
        and scores.score_date = accounts.score_date

),

segmented as (

    {{ segments(
        'account_scores',
        [
            'scorecard', 'score_date', 'computed_score', 'effective_score', 'colour', 'mrr', 'scored_mrr',
            'computed_mrr',
        ],
        ['all', 'profile', 'lifecycle_stage', 'plan', 'industry', 'region', 'csm', 'band'],
    ) }}

),

rolled_up as (

    select
        scorecard,
        score_date,
        segment_type,
        segment,
        count(*) as account_count,
        count(effective_score) as scored_account_count,
        sum(effective_score) as score_sum,
        sum(effective_score * scored_mrr) as score_mrr_sum,
        sum(scored_mrr) as scored_mrr,
        count(computed_score) as computed_account_count,
        sum(computed_score) as computed_sum,
        sum(computed_score * computed_mrr) as computed_mrr_sum,
        sum(computed_mrr) as computed_mrr,
        sum(mrr) as mrr,
        sum(case when mrr is null then 1 else 0 end) as unknown_mrr_count,
        sum(case when colour = 'red' then 1 else 0 end) as red_account_count,
        sum(case when colour = 'red' then mrr end) as red_mrr

    from segmented

    group by
        scorecard,
        score_date,
        segment_type,
        segment

)

select
    scorecard,
    score_date,
    cast(segment_type as {{ dbt.type_string() }}) as segment_type,
    cast(segment as {{ dbt.type_string() }}) as segment,
    cast(account_count as bigint) as account_count,
    cast(scored_account_count as bigint) as scored_account_count,
    {{ rounded(ratio('score_sum', 'scored_account_count')) }} as average_score,
    {{ rounded(ratio('score_mrr_sum', 'scored_mrr')) }} as revenue_weighted_score,
    {{ rounded(ratio('computed_sum', 'computed_account_count')) }} as average_computed_score,
    {{ rounded(ratio('computed_mrr_sum', 'computed_mrr')) }} as revenue_weighted_computed_score,
    cast(mrr as numeric(28, 6)) as mrr,
    cast(unknown_mrr_count as bigint) as unknown_mrr_count,
    cast(red_account_count as bigint) as red_account_count,
    cast(red_mrr as numeric(28, 6)) as red_mrr
from rolled_up

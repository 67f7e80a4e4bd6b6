-- One row per compared pair of score dates, account and scorecard: the score before and latter.

with

pairs as (

    select * from {{ ref('int_change_pairs') }}

),

scores as (

    select * from {{ ref('history_scores') }}

),

accounts as (

    select
        pairs.compared_with,
        pairs.score_date,
        scores.account_id,
        scores.scorecard

    from pairs

    inner join scores
        on pairs.score_date = scores.score_date
        and pairs.config_version = scores.config_version

    union

    select
        pairs.compared_with,
        pairs.score_date,
        scores.account_id,
        scores.scorecard

    from pairs

    inner join scores
        on pairs.from_date = scores.score_date
        and pairs.from_config_version = scores.config_version

)

select
    pairs.compared_with,
    pairs.score_date,
    pairs.from_date,
    accounts.account_id,
    accounts.scorecard,
    pairs.config_version,
    pairs.from_config_version,
    former.profile as profile_before,
    latter.profile as profile_after,
    former.plan as plan_before,
    latter.plan as plan_after,
    former.score as computed_before,
    latter.score as computed_after,
    restated.score as computed_restated,
    former.capped_score as capped_before,
    latter.capped_score as capped_after,
    former.effective_score as score_before,
    latter.effective_score as score_after,
    cast(case
        when former.account_id is null then 'joined'
        when latter.account_id is null then 'left'
        when former.effective_score is null and latter.effective_score is null then 'unknown'
        when former.effective_score is null then 'became known'
        when latter.effective_score is null then 'became unknown'
        when former.score is null or latter.score is null then 'set without a score'
        when restated.score is null then 'not split'
        else 'split'
    end as {{ dbt.type_string() }}) as status
from accounts
inner join pairs
    on accounts.compared_with = pairs.compared_with
    and accounts.score_date = pairs.score_date
left join scores as former
    on pairs.from_date = former.score_date
    and pairs.from_config_version = former.config_version
    and accounts.account_id = former.account_id
    and accounts.scorecard = former.scorecard
left join scores as latter
    on pairs.score_date = latter.score_date
    and pairs.config_version = latter.config_version
    and accounts.account_id = latter.account_id
    and accounts.scorecard = latter.scorecard
left join scores as restated
    on pairs.is_split = 1
    and pairs.score_date = restated.score_date
    and pairs.from_config_version = restated.config_version
    and accounts.account_id = restated.account_id
    and accounts.scorecard = restated.scorecard

-- One row per compared pair of score dates, account and scorecard: the score before and after.

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
    before.profile as profile_before,
    after.profile as profile_after,
    before.score as computed_before,
    after.score as computed_after,
    restated.score as computed_restated,
    before.capped_score as capped_before,
    after.capped_score as capped_after,
    before.effective_score as score_before,
    after.effective_score as score_after,
    cast(case
        when before.account_id is null then 'joined'
        when after.account_id is null then 'left'
        when before.effective_score is null and after.effective_score is null then 'unknown'
        when before.effective_score is null then 'became known'
        when after.effective_score is null then 'became unknown'
        when before.score is null or after.score is null then 'set without a score'
        when restated.score is null then 'not split'
        else 'split'
    end as {{ dbt.type_string() }}) as status
from accounts
inner join pairs
    on accounts.compared_with = pairs.compared_with
    and accounts.score_date = pairs.score_date
left join scores as before
    on pairs.from_date = before.score_date
    and pairs.from_config_version = before.config_version
    and accounts.account_id = before.account_id
    and accounts.scorecard = before.scorecard
left join scores as after
    on pairs.score_date = after.score_date
    and pairs.config_version = after.config_version
    and accounts.account_id = after.account_id
    and accounts.scorecard = after.scorecard
left join scores as restated
    on pairs.score_date = restated.score_date
    and pairs.from_config_version = restated.config_version
    and accounts.account_id = restated.account_id
    and accounts.scorecard = restated.scorecard

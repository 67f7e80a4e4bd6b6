-- One row per account: the page a BI tool opens first.

with

scores as (

    select * from {{ audited('int_scores') }}

),

accounts as (

    select * from {{ audited('int_account_dates') }}

),

drivers as (

    select * from {{ audited('int_drivers') }}

),

trends as (

    select * from {{ audited('int_trends') }}

),

versions as (

    select * from {{ audited('int_config_version') }}

),

last_dates as (

    select max(score_date) as score_date from scores

),

primary_scores as (

    select
        scores.account_id,
        scores.scorecard,
        scores.score_date

    from scores

    inner join last_dates
        on scores.score_date = last_dates.score_date

    where scores.is_primary = 1

),

ranked_drivers as (

    select
        drivers.account_id,
        drivers.title,
        drivers.contribution,
        drivers.points_lost,
        row_number() over (
            partition by drivers.account_id
            order by
                coalesce(drivers.contribution, 0) desc,
                drivers.signal
        ) as gain_rank,
        row_number() over (
            partition by drivers.account_id
            order by
                coalesce(drivers.points_lost, 0) desc,
                drivers.signal
        ) as loss_rank

    from drivers

    inner join primary_scores
        on drivers.account_id = primary_scores.account_id
        and drivers.scorecard = primary_scores.scorecard
        and drivers.score_date = primary_scores.score_date

),

strongest as (

    select
        account_id,
        max(case when gain_rank = 1 and contribution > 0 then title end) as strongest_positive_driver,
        max(case when loss_rank = 1 and points_lost > 0 then title end) as strongest_negative_driver

    from ranked_drivers

    group by account_id

)

select
    scores.account_id,
    accounts.account_name,
    accounts.csm,
    accounts.plan,
    accounts.industry,
    accounts.region,
    accounts.parent_account_id,
    scores.profile,
    accounts.lifecycle_stage,
    accounts.account_age_days,
    accounts.is_paying,
    accounts.mrr,
    accounts.renewal_date,
    cast({{ dbt.datediff('scores.score_date', 'accounts.renewal_date', 'day') }} as integer) as days_to_renewal,
    scores.score_date,
    scores.scorecard,
    scores.score,
    scores.capped_score,
    scores.effective_score,
    scores.score_low,
    scores.score_high,
    scores.coverage,
    scores.source_coverage,
    scores.band,
    scores.colour,
    scores.action_plan,
    scores.cap_name,
    scores.cap_reason,
    scores.cap_signal,
    scores.cap_title,
    scores.cap_value,
    scores.cap_unit,
    scores.override_id,
    scores.override_kind,
    scores.override_value,
    scores.override_reason,
    scores.override_author,
    scores.override_expires_on,
    scores.is_set_without_score,
    trends.change_7d,
    trends.change_28d,
    trends.change_90d,
    trends.slope_90d,
    trends.trend,
    strongest.strongest_positive_driver,
    strongest.strongest_negative_driver,
    versions.config_version,
    cast('{{ var("scoring_version") }}' as {{ dbt.type_string() }}) as scoring_version
from scores
inner join primary_scores
    on scores.account_id = primary_scores.account_id
    and scores.scorecard = primary_scores.scorecard
    and scores.score_date = primary_scores.score_date
inner join accounts
    on scores.account_id = accounts.account_id
    and scores.score_date = accounts.score_date
left join trends
    on scores.account_id = trends.account_id
    and scores.score_date = trends.score_date
left join strongest
    on scores.account_id = strongest.account_id
cross join versions

-- One row per live paying account on the newest score date that nobody snoozed: what it weighs, and its rank.

with

scores as (

    select * from {{ ref('int_scores') }}

),

accounts as (

    select * from {{ ref('int_account_dates') }}

),

urgencies as (

    select * from {{ ref('renewal_urgency') }}

),

snoozes as (

    select * from {{ ref('worklist_snoozes') }}

),

last_dates as (

    select max(score_date) as score_date from scores

),

-- Without subscriptions nobody knows who pays, and everybody counts.
paying as (

    select
        scores.account_id,
        scores.score_date,
        scores.scorecard,
        scores.profile,
        accounts.account_name,
        accounts.csm,
        accounts.mrr as known_mrr,
        {{ dbt.datediff('scores.score_date', 'accounts.renewal_date', 'day') }} as days_to_renewal,
        scores.score,
        scores.capped_score,
        scores.effective_score,
        scores.score_low,
        scores.coverage,
        scores.band,
        scores.action_plan,
        scores.cap_name,
        scores.override_kind,
        scores.override_reason,
        scores.override_author

    from scores

    inner join last_dates
        on scores.score_date = last_dates.score_date

    inner join accounts
        on scores.account_id = accounts.account_id
        and scores.score_date = accounts.score_date

    where
        scores.is_primary = 1
        and accounts.lifecycle_stage <> 'trial'

),

profile_medians as (

    select
        profile,
        {{ percentile('known_mrr', 0.5) }} as median_mrr

    from paying

    where known_mrr is not null

    group by profile

),

book_medians as (

    select {{ percentile('known_mrr', 0.5) }} as median_mrr

    from paying

    where known_mrr is not null

),

-- Each step holds up to the next one.
steps as (

    select
        days_from,
        factor,
        lead(days_from) over (order by days_from) as next_days_from

    from urgencies

),

highest_steps as (

    select max(factor) as factor from urgencies

),

last_snoozes as (

    select
        account_id,
        max(snoozed_until) as snoozed_until

    from snoozes

    group by account_id

),

factors as (

    select
        paying.account_id,
        paying.score_date,
        paying.scorecard,
        paying.profile,
        paying.account_name,
        paying.csm,
        paying.days_to_renewal,
        paying.score,
        paying.capped_score,
        paying.effective_score,
        paying.coverage,
        paying.band,
        paying.action_plan,
        paying.cap_name,
        paying.override_kind,
        paying.override_reason,
        paying.override_author,
        {{ rounded('coalesce(paying.known_mrr, profile_medians.median_mrr, book_medians.median_mrr)') }} as mrr,
        case
            when paying.known_mrr is not null then 0
            when book_medians.median_mrr is null then 0
            else 1
        end as is_median_mrr,
        coalesce(steps.factor, highest_steps.factor) as renewal_factor,
        100 - coalesce(paying.effective_score, paying.score_low, 0) as distance

    from paying

    cross join book_medians

    cross join highest_steps

    left join profile_medians
        on paying.profile = profile_medians.profile

    left join steps
        on paying.days_to_renewal >= 0
        and paying.days_to_renewal >= steps.days_from
        and (steps.next_days_from is null or paying.days_to_renewal < steps.next_days_from)

    left join last_snoozes
        on paying.account_id = last_snoozes.account_id

    where
        last_snoozes.account_id is null
        or paying.score_date > last_snoozes.snoozed_until

),

-- A score of the method sum may be above 100: then nothing is lost.
lost as (

    select
        account_id,
        case when distance > 0 then distance else 0 end as points_lost

    from factors

),

weighed as (

    select
        factors.account_id,
        lost.points_lost,
        {{ rounded_product('lost.points_lost * coalesce(factors.mrr, 1)', 'factors.renewal_factor') }} as priority

    from factors

    inner join lost
        on factors.account_id = lost.account_id

),

ranked as (

    select
        weighed.account_id,
        weighed.points_lost,
        weighed.priority,
        row_number() over (
            order by
                weighed.priority desc,
                weighed.points_lost desc,
                weighed.account_id asc
        ) as rank_overall,
        row_number() over (
            partition by factors.csm
            order by
                weighed.priority desc,
                weighed.points_lost desc,
                weighed.account_id asc
        ) as rank_within_csm

    from weighed

    inner join factors
        on weighed.account_id = factors.account_id

)

select
    factors.account_id,
    factors.score_date,
    factors.scorecard,
    factors.profile,
    factors.account_name,
    factors.csm,
    cast(ranked.rank_within_csm as integer) as rank_within_csm,
    cast(ranked.rank_overall as integer) as rank_overall,
    ranked.priority,
    cast(ranked.points_lost as numeric(28, 6)) as points_lost,
    factors.mrr,
    cast(factors.is_median_mrr as integer) as is_median_mrr,
    cast(factors.renewal_factor as numeric(28, 6)) as renewal_factor,
    cast(factors.days_to_renewal as integer) as days_to_renewal,
    factors.score,
    factors.capped_score,
    factors.effective_score,
    factors.coverage,
    factors.band,
    factors.action_plan,
    factors.cap_name,
    factors.override_kind,
    factors.override_reason,
    factors.override_author
from factors
inner join ranked
    on factors.account_id = ranked.account_id

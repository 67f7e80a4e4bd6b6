-- One row per account and score date with a subscription begun by then: what it pays for.

with

subscriptions as (

    select * from {{ ref('int_subscription_dates') }}

),

ranked as (

    select
        account_id,
        score_date,
        plan,
        renewal_date,
        row_number() over (
            partition by
                account_id,
                score_date
            order by
                coalesce(mrr_reporting, -1) desc,
                subscription_id desc
        ) as subscription_rank

    from subscriptions

    where is_live = 1 and is_addon = 0

),

main_subscriptions as (

    select
        account_id,
        score_date,
        plan,
        renewal_date

    from ranked

    where subscription_rank = 1

),

totals as (

    select
        account_id,
        score_date,
        max(case when is_addon = 0 and is_trial = 0 then 1 else 0 end) as has_ever_paid,
        max(case when is_addon = 0 and is_trial = 0 and is_live = 1 then 1 else 0 end) as is_paying,
        min(case when is_addon = 0 then started_on end) as first_started_on,
        sum(case when is_live = 1 then mrr_reporting else 0 end) as known_mrr,
        max(case when is_live = 1 and mrr_reporting is null then 1 else 0 end) as has_unknown_mrr,
        sum(case when is_live = 1 and is_addon = 0 then seats end) as seats,
        sum(case when is_live = 1 and is_addon = 1 then 1 else 0 end) as addon_count,
        sum(
            case
                when is_live = 1 and is_addon = 0 and is_trial = 0 then 1
                else 0
            end
        ) as paid_subscription_count

    from subscriptions

    group by
        account_id,
        score_date

)

select
    totals.account_id,
    totals.score_date,
    main_subscriptions.plan,
    main_subscriptions.renewal_date,
    cast(totals.has_ever_paid as integer) as has_ever_paid,
    cast(totals.is_paying as integer) as is_paying,
    totals.first_started_on,
    cast(case when totals.has_unknown_mrr = 0 then totals.known_mrr end as numeric(28, 6)) as mrr,
    cast(totals.seats as numeric(28, 6)) as seats,
    cast(totals.addon_count as integer) as addon_count,
    cast(totals.paid_subscription_count as integer) as paid_subscription_count
from totals
left join main_subscriptions
    on totals.account_id = main_subscriptions.account_id
    and totals.score_date = main_subscriptions.score_date

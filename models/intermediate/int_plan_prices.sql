-- One row per plan that enough accounts pay for on the newest score date: its price, and the next larger plan.

with

subscriptions as (

    select * from {{ ref('int_subscription_dates') }}

),

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

last_dates as (

    select max(score_date) as score_date from score_dates

),

paid as (

    select
        subscriptions.score_date,
        subscriptions.account_id,
        subscriptions.plan,
        subscriptions.mrr_reporting as mrr,
        {{ ratio('subscriptions.mrr_reporting', 'subscriptions.seats') }} as price_per_seat

    from subscriptions

    inner join last_dates
        on subscriptions.score_date = last_dates.score_date

    where
        subscriptions.is_live = 1
        and subscriptions.is_addon = 0
        and subscriptions.is_trial = 0
        and subscriptions.plan is not null
        and subscriptions.mrr_reporting > 0

),

medians as (

    select
        score_date,
        plan,
        count(distinct account_id) as account_count,
        count(distinct case when price_per_seat is not null then account_id end) as seat_account_count,
        {{ percentile('mrr', 0.5) }} as median_mrr,
        {{ percentile('price_per_seat', 0.5) }} as median_price_per_seat

    from paid

    group by
        score_date,
        plan

),

priced as (

    select
        medians.score_date,
        medians.plan,
        medians.account_count,
        {{ rounded('medians.median_mrr') }} as median_mrr,
        {{ rounded("case
            when medians.seat_account_count >= settings.min_prior_accounts
                then medians.median_price_per_seat
        end") }} as price_per_seat

    from medians

    cross join settings

    where medians.account_count >= settings.min_prior_accounts

),

-- Plans are ordered by the price of a seat where every plan has one: accounts differ in size.
bases as (

    select case when count(*) = count(price_per_seat) then 1 else 0 end as is_by_seat

    from priced

),

ordered as (

    select
        priced.score_date,
        priced.plan,
        priced.account_count,
        priced.median_mrr,
        priced.price_per_seat,
        bases.is_by_seat,
        row_number() over (
            order by
                case when bases.is_by_seat = 1 then priced.price_per_seat else priced.median_mrr end,
                priced.plan
        ) as plan_rank

    from priced

    cross join bases

)

select
    ordered.score_date,
    ordered.plan,
    cast(ordered.plan_rank as integer) as plan_rank,
    cast(ordered.account_count as integer) as account_count,
    cast(ordered.is_by_seat as integer) as is_by_seat,
    ordered.median_mrr,
    ordered.price_per_seat,
    larger.plan as next_plan,
    cast(larger.median_mrr - ordered.median_mrr as numeric(28, 6)) as next_mrr_step,
    cast(larger.price_per_seat - ordered.price_per_seat as numeric(28, 6)) as next_seat_price_step
from ordered
left join ordered as larger
    on larger.plan_rank = ordered.plan_rank + 1

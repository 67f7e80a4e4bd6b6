-- One row per healthy account on the newest score date that shows a need for more: evidence, offer, estimate.

with

scores as (

    select * from {{ ref('int_scores') }}

),

accounts as (

    select * from {{ ref('int_account_dates') }}

),

states as (

    select * from {{ ref('int_signal_states') }}

),

tickets as (

    select * from {{ ref('int_ticket_dates') }}

),

band_edges as (

    select * from {{ ref('int_band_edges') }}

),

plan_prices as (

    select * from {{ ref('int_plan_prices') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

last_dates as (

    select max(score_date) as score_date from scores

),

healthiest as (

    select
        scorecard,
        max(first_score) as first_score

    from band_edges

    group by scorecard

),

critical_tickets as (

    select
        tickets.account_id,
        count(*) as ticket_count

    from tickets

    inner join last_dates
        on tickets.score_date = last_dates.score_date

    where
        tickets.severity = 'critical'
        and tickets.is_open = 1

    group by tickets.account_id

),

-- Healthy by the facts and by the effective score: a person's word alone sells nothing.
healthy as (

    select
        scores.account_id,
        scores.score_date,
        scores.scorecard,
        scores.profile,
        scores.effective_score,
        scores.band,
        accounts.account_name,
        accounts.csm,
        accounts.plan,
        accounts.mrr,
        accounts.seats

    from scores

    inner join last_dates
        on scores.score_date = last_dates.score_date

    inner join accounts
        on scores.account_id = accounts.account_id
        and scores.score_date = accounts.score_date

    inner join healthiest
        on scores.scorecard = healthiest.scorecard

    left join critical_tickets
        on scores.account_id = critical_tickets.account_id

    where
        scores.is_primary = 1
        and accounts.lifecycle_stage <> 'trial'
        and scores.cap_name is null
        and scores.capped_score >= healthiest.first_score
        and scores.effective_score >= healthiest.first_score
        and critical_tickets.account_id is null

),

facts as (

    select
        healthy.account_id,
        max(case when states.signal = 'seat_utilisation' then states.value end) as seats_share,
        max(case when states.signal = 'usage_trend' then states.value end) as growth,
        max(case when states.signal = 'pricing_page_streak_with_query' then states.value end) as asked_for_prices

    from healthy

    inner join states
        on healthy.account_id = states.account_id
        and healthy.score_date = states.score_date

    where states.state = 'measured'

    group by healthy.account_id

),

signs as (

    select
        facts.account_id,
        facts.seats_share,
        facts.growth,
        case when facts.seats_share >= settings.expansion_seats_share_min then 1 else 0 end as is_nearly_full,
        case when facts.growth >= settings.expansion_growth_min then 1 else 0 end as is_growing,
        case when facts.asked_for_prices > 0 then 1 else 0 end as is_asking

    from facts

    cross join settings

),

priced as (

    select
        healthy.account_id,
        plan_prices.next_plan,
        case
            when signs.is_nearly_full = 1
                then ceil(cast(healthy.seats * settings.expansion_seat_step_share as numeric(38, 10)))
        end as added_seats,
        plan_prices.price_per_seat,
        case
            when plan_prices.is_by_seat = 1
                then {{ rounded_product('plan_prices.next_seat_price_step', 'healthy.seats') }}
            else plan_prices.next_mrr_step
        end as plan_step_mrr

    from healthy

    inner join signs
        on healthy.account_id = signs.account_id

    cross join settings

    left join plan_prices
        on healthy.plan = plan_prices.plan

),

estimated as (

    select
        account_id,
        next_plan,
        cast(added_seats as numeric(28, 6)) as added_seats,
        {{ rounded_product('cast(added_seats as numeric(28, 6))', 'price_per_seat') }} as added_seats_mrr,
        cast(case when plan_step_mrr > 0 then plan_step_mrr end as numeric(28, 6)) as plan_step_mrr

    from priced

)

select
    healthy.account_id,
    healthy.score_date,
    healthy.scorecard,
    healthy.profile,
    healthy.account_name,
    healthy.csm,
    healthy.plan,
    healthy.mrr,
    healthy.seats,
    healthy.effective_score,
    healthy.band,
    cast(signs.is_nearly_full as integer) as is_nearly_full,
    cast(signs.is_growing as integer) as is_growing,
    cast(signs.is_asking as integer) as is_asking,
    cast(signs.is_nearly_full + signs.is_growing + signs.is_asking as integer) as sign_count,
    cast(
        'Score ' || {{ as_number('healthy.effective_score', 0) }}
        || case
            when signs.is_nearly_full = 1
                then '; ' || {{ as_percent('signs.seats_share') }} || ' of its seats are in use'
            else ''
        end
        || case
            when signs.is_growing = 1
                then '; use is at ' || {{ as_percent('signs.growth') }} || ' of the three months before'
            else ''
        end
        || case when signs.is_asking = 1 then '; looked at prices on three days and then asked' else '' end
        || case
            when estimated.next_plan is not null
                then '; on plan ' || healthy.plan || ', the next one is ' || estimated.next_plan
            else ''
        end as {{ dbt.type_string() }}
    ) as evidence,
    cast(case
        when signs.is_nearly_full = 1 then 'more seats'
        else 'next plan'
    end as {{ dbt.type_string() }}) as offer,
    estimated.next_plan,
    estimated.plan_step_mrr,
    estimated.added_seats,
    estimated.added_seats_mrr,
    cast(case
        when signs.is_nearly_full = 1 then estimated.added_seats_mrr
        else estimated.plan_step_mrr
    end as numeric(28, 6)) as estimated_mrr
from healthy
inner join signs
    on healthy.account_id = signs.account_id
inner join estimated
    on healthy.account_id = estimated.account_id
cross join settings
where
    signs.is_nearly_full + signs.is_growing + signs.is_asking >= settings.expansion_signs_min
    and (signs.is_nearly_full = 1 or estimated.next_plan is not null)

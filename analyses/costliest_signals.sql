-- One row per signal of the primary scorecard: how many points it costs the whole book, and whom most.

with

accounts as (

    select * from {{ ref('account_health') }}

),

drivers as (

    select * from {{ ref('account_health_drivers') }}

),

losses as (

    select
        drivers.signal,
        drivers.title,
        drivers.dimension,
        drivers.points_lost,
        drivers.is_imputed,
        accounts.account_name,
        accounts.mrr,
        row_number() over (
            partition by drivers.signal
            order by
                drivers.points_lost desc,
                drivers.account_id asc
        ) as loss_rank

    from drivers

    inner join accounts
        on drivers.account_id = accounts.account_id
        and drivers.scorecard = accounts.scorecard

    where drivers.points_lost is not null

),

by_signal as (

    select
        signal,
        title,
        dimension,
        count(*) as account_count,
        sum(is_imputed) as imputed_count,
        sum(points_lost) as points_lost,
        avg(points_lost) as points_lost_per_account,
        {{ ratio('sum(points_lost * mrr)', 'sum(mrr)') }} as points_lost_per_account_by_revenue,
        max(case when loss_rank = 1 then account_name end) as hardest_hit_account

    from losses

    group by
        signal,
        title,
        dimension

)

select * from by_signal
order by
    points_lost desc,
    signal asc

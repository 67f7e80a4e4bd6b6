-- One row per customer-success manager: the recurring revenue in each colour, and whose renewal comes first.

with

accounts as (

    select * from {{ ref('account_health') }}

),

by_manager as (

    select
        coalesce(csm, 'nobody') as csm,
        count(*) as account_count,
        sum(mrr) as mrr,
        sum(case when colour = 'red' then mrr end) as red_mrr,
        sum(case when colour = 'yellow' then mrr end) as yellow_mrr,
        sum(case when effective_score is null then mrr end) as unscored_mrr,
        sum(case when mrr is null then 1 else 0 end) as unknown_mrr_count,
        min(case when colour = 'red' then renewal_date end) as first_red_renewal_date

    from accounts

    group by coalesce(csm, 'nobody')

),

shares as (

    select
        csm,
        account_count,
        mrr,
        red_mrr,
        {{ ratio('coalesce(red_mrr, 0)', 'mrr') }} as red_mrr_share,
        yellow_mrr,
        unscored_mrr,
        unknown_mrr_count,
        first_red_renewal_date

    from by_manager

)

select * from shares
order by
    coalesce(red_mrr, 0) desc,
    csm asc

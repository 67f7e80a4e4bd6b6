-- One row per account (* for the book), rule and published score date on which it holds, or is over.

with

measures as (

    select * from {{ ref('int_alert_measures') }}

),

snapshots as (

    select * from {{ ref('int_alert_snapshots') }}

),

causes as (

    select * from {{ ref('int_alert_causes') }}

),

rules as (

    select * from {{ ref('alert_rules') }}

),

published as (

    select * from {{ ref('int_published_dates') }}

),

cause_counts as (

    select
        score_date,
        count(*) as cause_count

    from causes

    group by score_date

),

judged as (

    select
        measures.account_id,
        measures.rule,
        measures.score_date,
        snapshots.stay_number,
        snapshots.left_on,
        measures.is_holding,
        measures.is_recovered,
        measures.is_reconfigured

    from measures

    inner join snapshots
        on measures.account_id = snapshots.account_id
        and measures.score_date = snapshots.score_date

    union all

    select
        '*' as account_id,
        rules.rule,
        published.score_date,
        0 as stay_number,
        cast(null as date) as left_on,
        case when cause_counts.cause_count > rules.threshold then 1 else 0 end as is_holding,
        case when cause_counts.cause_count > rules.recover_threshold then 0 else 1 end as is_recovered,
        0 as is_reconfigured

    from published

    inner join rules
        on rules.kind = 'book'

    left join cause_counts
        on published.score_date = cause_counts.score_date

),

runs as (

    select
        account_id,
        rule,
        score_date,
        stay_number,
        left_on,
        is_holding,
        is_recovered,
        is_reconfigured,
        sum(1 - is_recovered) over (
            partition by
                account_id,
                rule,
                stay_number
            order by score_date
            rows unbounded preceding
        ) as run_number

    from judged

),

begun as (

    select
        account_id,
        rule,
        score_date,
        stay_number,
        left_on,
        is_holding,
        is_recovered,
        is_reconfigured,
        min(case when is_recovered = 1 then score_date end) over (
            partition by
                account_id,
                rule,
                stay_number,
                run_number
        ) as recovered_on

    from runs

),

confirmed as (

    select
        begun.account_id,
        begun.rule,
        begun.score_date,
        begun.stay_number,
        begun.left_on,
        begun.is_holding,
        begun.is_reconfigured,
        case
            when
                begun.is_recovered = 1
                and {{ dbt.datediff('begun.recovered_on', 'begun.score_date', 'day') }} + 1 >= rules.recover_days
                then 1
            else 0
        end as is_over

    from begun

    inner join rules
        on begun.rule = rules.rule

)

select
    account_id,
    rule,
    score_date,
    stay_number,
    left_on,
    cast(is_holding as integer) as is_holding,
    cast(is_over as integer) as is_over,
    cast(is_reconfigured as integer) as is_reconfigured
from confirmed
where
    is_holding = 1
    or is_over = 1

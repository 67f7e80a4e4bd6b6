-- One row per live account, score date and signal of what it subscribes to.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

revenue_a_year_ago as (

    select * from {{ ref('int_revenue_a_year_ago') }}

),

plan_changes as (

    select * from {{ ref('int_plan_changes') }}

),

change_counts as (

    select
        account_id,
        score_date,
        case
            when count(*) = count(mrr_change)
                then sum(case when mrr_change > 0 then 1 else 0 end)
        end as upgrades,
        case
            when
                sum(
                    case
                        when mrr_change is null and changed_on > {{ days_before('score_date', 365) }} then 1
                        else 0
                    end
                ) = 0
                then sum(
                    case
                        when mrr_change < 0 and changed_on > {{ days_before('score_date', 365) }} then 1
                        else 0
                    end
                )
        end as downgrades_365d

    from plan_changes

    group by
        account_id,
        score_date

),

measured as (

    select
        accounts.account_id,
        accounts.score_date,
        accounts.mrr,
        case
            when accounts.account_age_days >= 365
                then {{ ratio(
                    'accounts.mrr - revenue_a_year_ago.mrr_a_year_ago',
                    'revenue_a_year_ago.mrr_a_year_ago',
                ) }}
        end as mrr_change_365d,
        {{ whole_years('accounts.tenure_began_on', 'accounts.score_date') }} as tenure_years,
        case when change_counts.account_id is null then 0 else change_counts.upgrades end as upgrades,
        case when change_counts.account_id is null then 0 else change_counts.downgrades_365d end as downgrades_365d,
        accounts.addon_count as addons,
        {{ dbt.datediff('accounts.score_date', 'accounts.renewal_date', 'day') }} as days_to_renewal

    from accounts

    left join revenue_a_year_ago
        on accounts.account_id = revenue_a_year_ago.account_id
        and accounts.score_date = revenue_a_year_ago.score_date

    left join change_counts
        on accounts.account_id = change_counts.account_id
        and accounts.score_date = change_counts.score_date

),

signals as (

    {{ signal_rows('measured', [
        'mrr',
        'mrr_change_365d',
        'tenure_years',
        'upgrades',
        'downgrades_365d',
        'addons',
        'days_to_renewal',
    ]) }}

)

select * from signals

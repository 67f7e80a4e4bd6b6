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

changes as (

    select
        account_id,
        score_date,
        mrr_change,
        case when changed_on > {{ days_before('score_date', 365) }} then 1 else 0 end as is_in_365d

    from plan_changes

),

change_counts as (

    select
        account_id,
        score_date,
        sum(case when mrr_change is null then 1 else 0 end) as unknown_changes,
        sum(case when mrr_change > 0 then 1 else 0 end) as upgrades,
        sum(case when mrr_change is null then is_in_365d else 0 end) as unknown_changes_365d,
        sum(case when mrr_change < 0 then is_in_365d else 0 end) as downgrades_365d

    from changes

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
        case
            when coalesce(change_counts.unknown_changes, 0) = 0
                then coalesce(change_counts.upgrades, 0)
        end as upgrades,
        case
            when coalesce(change_counts.unknown_changes_365d, 0) = 0
                then coalesce(change_counts.downgrades_365d, 0)
        end as downgrades_365d,
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

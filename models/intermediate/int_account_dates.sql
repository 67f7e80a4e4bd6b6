-- One row per live account and score date: the spine. What an account did makes no difference to its being here.

with

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

revenue as (

    select * from {{ ref('int_account_revenue') }}

),

source_dates as (

    select * from {{ ref('int_source_dates') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

versions as (

    {{ attributes_as_of(
        ref('stg_account_versions'),
        'account_id',
        ['account_name', 'plan', 'industry', 'region', 'employee_count', 'csm', 'parent_account_id'],
    ) }}

),

as_known as (

    select
        accounts.account_id,
        score_dates.score_date,
        coalesce(versions.account_name, accounts.account_name) as account_name,
        coalesce(revenue.plan, versions.plan, accounts.plan) as plan,
        coalesce(versions.industry, accounts.industry) as industry,
        coalesce(versions.region, accounts.region) as region,
        coalesce(versions.employee_count, accounts.employee_count) as employee_count,
        coalesce(versions.csm, accounts.csm) as csm,
        coalesce(versions.parent_account_id, accounts.parent_account_id) as parent_account_id,
        accounts.happened_on as signed_up_on,
        {{ dbt.datediff('accounts.happened_on', 'score_dates.score_date', 'day') }} as account_age_days,
        coalesce(revenue.first_started_on, accounts.happened_on) as tenure_began_on,
        case when source_dates.table_name is null then 0 else 1 end as has_subscriptions,
        coalesce(revenue.has_ever_paid, 0) as has_ever_paid,
        coalesce(revenue.is_paying, 0) as is_paying,
        case
            when source_dates.table_name is null then null
            when revenue.account_id is null then 0
            else revenue.mrr
        end as mrr,
        revenue.seats,
        revenue.renewal_date,
        coalesce(revenue.addon_count, 0) as addon_count,
        coalesce(revenue.paid_subscription_count, 0) as paid_subscription_count

    from accounts

    inner join score_dates
        on accounts.happened_on <= score_dates.score_date
        and {{ known_by('accounts', 'score_dates.score_date') }}

    left join versions
        on accounts.account_id = versions.account_id
        and score_dates.score_date = versions.score_date

    left join revenue
        on accounts.account_id = revenue.account_id
        and score_dates.score_date = revenue.score_date

    left join source_dates
        on score_dates.score_date = source_dates.score_date
        and source_dates.table_name = 'subscriptions'

)

select
    as_known.account_id,
    as_known.score_date,
    as_known.account_name,
    as_known.plan,
    as_known.industry,
    as_known.region,
    as_known.employee_count,
    as_known.csm,
    as_known.parent_account_id,
    as_known.signed_up_on,
    cast(as_known.account_age_days as integer) as account_age_days,
    as_known.tenure_began_on,
    cast(case
        when as_known.has_subscriptions = 1 and as_known.has_ever_paid = 0 then 'trial'
        when as_known.account_age_days < settings.onboarding_days then 'onboarding'
        else 'established'
    end as {{ dbt.type_string() }}) as lifecycle_stage,
    cast(as_known.is_paying as integer) as is_paying,
    cast(as_known.mrr as numeric(28, 6)) as mrr,
    as_known.seats,
    as_known.renewal_date,
    cast(as_known.addon_count as integer) as addon_count,
    cast(as_known.paid_subscription_count as integer) as paid_subscription_count
from as_known
cross join settings
where
    as_known.is_paying = 1
    or as_known.has_ever_paid = 0

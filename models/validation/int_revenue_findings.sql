-- One row per finding about what the churn rates rest on: nothing stops for it.

with

unpriced as (

    select * from {{ ref('int_unpriced_subscriptions') }}

),

spans as (

    select * from {{ ref('int_subscription_spans') }}

),

months as (

    select * from {{ ref('int_months') }}

),

customer_months as (

    select * from {{ ref('int_customer_months') }}

),

found as (

    select
        'no price' as finding,
        'warning' as severity,
        'churn_rates' as subject,
        count(distinct subscription_id) as row_count,
        'subscriptions have months without an amount or an exchange rate; the churn rates do not sum them' as detail,
        'Read marts.unpriced_subscriptions: it names each one, its currency and the month.' as remedy

    from unpriced

    union all

    select
        'add-on without a subscription' as finding,
        'information' as severity,
        'churn_rates' as subject,
        count(distinct spans.subscription_id) as row_count,
        'add-ons ran at the end of a month for accounts without a paid subscription; their revenue is not counted'
            as detail,
        'End them in the source with the subscription, or feed the subscription that they belong to.' as remedy

    from spans

    inner join months
        on spans.first_date <= months.closing_date
        and spans.next_date > months.closing_date

    left join customer_months
        on spans.account_id = customer_months.account_id
        and months.month = customer_months.month
        and customer_months.is_closing = 1

    where
        spans.is_addon = 1
        and customer_months.account_id is null

)

select
    cast(finding as {{ dbt.type_string() }}) as finding,
    cast(severity as {{ dbt.type_string() }}) as severity,
    cast(subject as {{ dbt.type_string() }}) as subject,
    cast(row_count as bigint) as row_count,
    cast(detail as {{ dbt.type_string() }}) as detail,
    cast(remedy as {{ dbt.type_string() }}) as remedy
from found
where row_count > 0

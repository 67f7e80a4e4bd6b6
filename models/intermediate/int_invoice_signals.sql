-- One row per live account, score date and signal of how it pays.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

invoices as (

    select * from {{ ref('stg_invoices') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

as_known as (

    select
        accounts.account_id,
        accounts.score_date,
        coalesce(invoices.currency, '{{ var("reporting_currency") }}') as currency,
        invoices.amount,
        cast(invoices.due_at as date) as due_on,
        cast({{ happened_by('invoices.paid_at', 'accounts.score_date') }} as date) as paid_on

    from accounts

    inner join invoices
        on accounts.account_id = invoices.account_id
        and accounts.score_date >= invoices.happened_on
        and {{ known_by('invoices', 'accounts.score_date') }}

    where
        invoices.voided_at is null
        or cast(invoices.voided_at as date) > accounts.score_date

),

judged as (

    select
        as_known.account_id,
        as_known.score_date,
        as_known.paid_on,
        {{ rounded_product('as_known.amount', 'rates.rate') }} as amount_reporting,
        case
            when as_known.paid_on is null and as_known.due_on < as_known.score_date
                then {{ dbt.datediff('as_known.due_on', 'as_known.score_date', 'day') }}
        end as days_overdue,
        case
            when
                as_known.due_on > {{ days_before('as_known.score_date', 365) }}
                and as_known.due_on <= as_known.score_date
                then 1
            else 0
        end as is_due_in_window,
        case
            when as_known.paid_on > as_known.due_on then 1
            when as_known.paid_on is null and as_known.due_on < as_known.score_date then 1
            else 0
        end as is_late

    from as_known

    left join rates
        on as_known.score_date = rates.score_date
        and as_known.currency = rates.currency
        and as_known.paid_on >= rates.first_date
        and as_known.paid_on < rates.next_date

),

totals as (

    select
        account_id,
        score_date,
        sum(case when paid_on is not null then amount_reporting end) as known_spend,
        sum(case when paid_on is not null and amount_reporting is null then 1 else 0 end) as unconverted,
        count(days_overdue) as invoices_overdue,
        max(days_overdue) as days_overdue_max,
        sum(is_due_in_window * is_late) as late_invoices,
        sum(is_due_in_window) as due_invoices

    from judged

    group by
        account_id,
        score_date

),

measured as (

    select
        accounts.account_id,
        accounts.score_date,
        case when coalesce(totals.unconverted, 0) = 0 then coalesce(totals.known_spend, 0) end as total_spend,
        coalesce(totals.invoices_overdue, 0) as invoices_overdue,
        coalesce(totals.days_overdue_max, 0) as days_overdue_max,
        {{ ratio('totals.late_invoices', 'totals.due_invoices') }} as late_payment_rate_365d

    from accounts

    left join totals
        on accounts.account_id = totals.account_id
        and accounts.score_date = totals.score_date

),

signals as (

    {{ signal_rows('measured', [
        'total_spend',
        'invoices_overdue',
        'days_overdue_max',
        'late_payment_rate_365d',
    ]) }}

)

select * from signals

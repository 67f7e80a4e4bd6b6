-- One row per month and currency: its worth at the end of the month, as the data says now.

with

months as (

    select * from {{ ref('int_months') }}

),

exchange_rates as (

    select * from {{ ref('stg_exchange_rates') }}

),

ranked as (

    select
        months.month,
        exchange_rates.currency,
        exchange_rates.rate,
        row_number() over (
            partition by
                months.month,
                exchange_rates.currency
            order by exchange_rates.valid_from desc
        ) as rate_number

    from months

    inner join exchange_rates
        on months.closing_date >= exchange_rates.happened_on

    where
        exchange_rates.superseded_on is null
        and exchange_rates.currency <> '{{ var("reporting_currency") }}'

),

with_reporting_currency as (

    select
        month,
        currency,
        rate

    from ranked

    where rate_number = 1

    union all

    select
        month,
        '{{ var("reporting_currency") }}' as currency,
        1 as rate

    from months

)

select
    month,
    cast(currency as {{ dbt.type_string() }}) as currency,
    cast(rate as numeric(28, 6)) as rate
from with_reporting_currency

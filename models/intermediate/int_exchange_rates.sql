-- One row per score date, currency and first day of a rate, as known on the score date.

with

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

exchange_rates as (

    select * from {{ ref('stg_exchange_rates') }}

),

known as (

    select
        score_dates.score_date,
        exchange_rates.currency,
        exchange_rates.happened_on as first_date,
        exchange_rates.rate,
        row_number() over (
            partition by
                score_dates.score_date,
                exchange_rates.currency,
                exchange_rates.happened_on
            order by exchange_rates.valid_from desc
        ) as rate_number

    from score_dates

    inner join exchange_rates
        on score_dates.score_date >= exchange_rates.happened_on
        and score_dates.score_date >= exchange_rates.known_on
        and score_dates.score_date < coalesce(exchange_rates.superseded_on, cast('9999-12-31' as date))

    where exchange_rates.currency <> '{{ var("reporting_currency") }}'

),

with_reporting_currency as (

    select
        score_date,
        currency,
        first_date,
        rate

    from known

    where rate_number = 1

    union all

    select
        score_date,
        '{{ var("reporting_currency") }}' as currency,
        cast('0001-01-01' as date) as first_date,
        1 as rate

    from score_dates

),

bounded as (

    select
        score_date,
        currency,
        first_date,
        rate,
        lead(first_date) over (
            partition by
                score_date,
                currency
            order by first_date
        ) as next_date

    from with_reporting_currency

)

select
    score_date,
    cast(currency as {{ dbt.type_string() }}) as currency,
    first_date,
    coalesce(next_date, cast('9999-12-31' as date)) as next_date,
    cast(rate as numeric(28, 6)) as rate
from bounded

-- One row per profile and signal measured on enough accounts on the newest score date: the median value.

with

states as (

    select * from {{ ref('int_signal_states') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

last_dates as (

    select max(score_date) as score_date from states

),

medians as (

    select
        states.score_date,
        states.profile,
        states.signal,
        count(*) as account_count,
        {{ percentile('states.value', 0.5) }} as median_value

    from states

    inner join last_dates
        on states.score_date = last_dates.score_date

    where states.state = 'measured'

    group by
        states.score_date,
        states.profile,
        states.signal

)

select
    medians.score_date,
    medians.profile,
    medians.signal,
    cast(medians.account_count as integer) as account_count,
    {{ rounded('medians.median_value') }} as median_value
from medians
cross join settings
where medians.account_count >= settings.min_prior_accounts

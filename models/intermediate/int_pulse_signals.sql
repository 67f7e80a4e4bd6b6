-- One row per live account and score date: how its customer-success manager feels about it.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

csm_pulses as (

    select * from {{ ref('stg_csm_pulses') }}

),

pulses as (

    select
        accounts.account_id,
        accounts.score_date,
        csm_pulses.pulse as csm_pulse,
        csm_pulses.happened_on,
        row_number() over (
            partition by
                accounts.account_id,
                accounts.score_date
            order by
                csm_pulses.recorded_at desc,
                csm_pulses.pulse_id desc,
                csm_pulses.pulse desc
        ) as pulse_number

    from accounts

    left join csm_pulses
        on accounts.account_id = csm_pulses.account_id
        and accounts.score_date >= csm_pulses.happened_on
        and accounts.score_date >= csm_pulses.known_on

),

measured as (

    select
        account_id,
        score_date,
        csm_pulse,
        happened_on

    from pulses

    where pulse_number = 1

),

signals as (

    {{ signal_rows('measured', ['csm_pulse'], observed_on='happened_on') }}

)

select * from signals

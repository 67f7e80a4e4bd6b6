-- One row per finding about the worklist: snoozes that hide nobody or hide for long, signals without a playbook line.

with

snoozes as (

    select * from {{ ref('worklist_snoozes') }}

),

plays as (

    select * from {{ ref('playbook') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

score_dates as (

    select * from {{ ref('int_score_dates') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

rules as (

    select * from {{ ref('int_scorecard_rules') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

scorecards as (

    select * from {{ ref('scorecards') }}

),

last_dates as (

    select max(score_date) as score_date from score_dates

),

needed_plays as (

    select
        scorecards.scorecard,
        rules.signal

    from scorecards

    inner join rules
        on scorecards.scorecard = rules.scorecard

    where scorecards.is_primary = 1

    union

    select
        scorecards.scorecard,
        score_caps.signal

    from scorecards

    inner join score_caps
        on scorecards.scorecard = score_caps.scorecard

    where scorecards.is_primary = 1

),

found as (

    select
        'snooze of an unknown account' as finding,
        'warning' as severity,
        'worklist_snoozes.csv ' || {{ row_key(['account_id', 'snoozed_until'], 'snoozes') }} as subject,
        1 as row_count,
        'row snoozes nobody: there is no account of this id' as detail,
        'Correct the account_id, or delete the row.' as remedy

    from snoozes

    left join accounts
        on snoozes.account_id = accounts.account_id

    where accounts.account_id is null

    union all

    select
        'long snooze' as finding,
        'warning' as severity,
        'worklist_snoozes.csv ' || {{ row_key(['account_id', 'snoozed_until'], 'snoozes') }} as subject,
        1 as row_count,
        'row hides an account for longer than the setting snooze_max_days' as detail,
        'Choose an earlier day: an account that needs nobody for so long should have a better score.' as remedy

    from snoozes

    cross join last_dates

    cross join settings

    where {{ dbt.datediff('last_dates.score_date', 'snoozes.snoozed_until', 'day') }} > settings.snooze_max_days

    union all

    select
        'no playbook line' as finding,
        'information' as severity,
        'playbook.csv signal=' || needed_plays.signal as subject,
        1 as row_count,
        'signal moves the primary scorecard ' || needed_plays.scorecard
        || ', and nothing says what to do about it' as detail,
        'Add a row to playbook.csv; until then the worklist shows the action plan of the band.' as remedy

    from needed_plays

    left join plays
        on needed_plays.signal = plays.signal

    where plays.signal is null

)

select
    cast(finding as {{ dbt.type_string() }}) as finding,
    cast(severity as {{ dbt.type_string() }}) as severity,
    cast(subject as {{ dbt.type_string() }}) as subject,
    cast(row_count as bigint) as row_count,
    cast(detail as {{ dbt.type_string() }}) as detail,
    cast(remedy as {{ dbt.type_string() }}) as remedy
from found

-- One row per live account on the newest score date: its stage, the steps that are done, and the next one.

with

steps as (

    select * from {{ ref('int_lifecycle_steps') }}

),

accounts as (

    select * from {{ ref('int_account_dates') }}

),

scores as (

    select * from {{ ref('int_scores') }}

),

open_steps as (

    select
        account_id,
        step,
        next_step,
        is_late,
        row_number() over (
            partition by account_id
            order by position
        ) as step_number

    from steps

    where step_state = 'open'

),

counts as (

    select
        account_id,
        score_date,
        stage,
        sum(case when step_state = 'done' then 1 else 0 end) as done_step_count,
        count(*) as step_count

    from steps

    group by
        account_id,
        score_date,
        stage

),

done_lists as (

    select
        account_id,
        {{ dbt.listagg('step', "', '", 'order by position') }} as done_steps

    from steps

    where step_state = 'done'

    group by account_id

),

unknown_lists as (

    select
        account_id,
        {{ dbt.listagg('step', "', '", 'order by position') }} as unknown_steps

    from steps

    where step_state = 'unknown'

    group by account_id

)

select
    counts.account_id,
    counts.score_date,
    accounts.account_name,
    accounts.csm,
    scores.profile,
    counts.stage,
    accounts.signed_up_on,
    accounts.account_age_days,
    scores.scorecard,
    scores.effective_score,
    scores.band,
    cast(counts.done_step_count as integer) as done_step_count,
    cast(counts.step_count as integer) as step_count,
    cast(done_lists.done_steps as {{ dbt.type_string() }}) as done_steps,
    cast(unknown_lists.unknown_steps as {{ dbt.type_string() }}) as unknown_steps,
    open_steps.step as next_step,
    open_steps.next_step as next_action,
    open_steps.is_late as is_next_step_late
from counts
inner join accounts
    on counts.account_id = accounts.account_id
    and counts.score_date = accounts.score_date
inner join scores
    on counts.account_id = scores.account_id
    and counts.score_date = scores.score_date
    and scores.is_primary = 1
left join open_steps
    on counts.account_id = open_steps.account_id
    and open_steps.step_number = 1
left join done_lists
    on counts.account_id = done_lists.account_id
left join unknown_lists
    on counts.account_id = unknown_lists.account_id

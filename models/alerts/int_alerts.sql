-- One row per alert: an episode with its id, what it is worth and why.

with

episodes as (

    select * from {{ ref('int_alert_episodes') }}

),

ids as (

    select * from {{ ref('int_alert_ids') }}

),

rules as (

    select * from {{ ref('alert_rules') }}

),

reasons as (

    select * from {{ ref('int_alert_reasons') }}

),

holds as (

    select * from {{ ref('int_alert_holds') }}

),

alert_accounts as (

    select * from {{ ref('int_alert_accounts') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

    where superseded_on is null

),

published as (

    select * from {{ ref('int_published_dates') }}

),

former_dates as (

    select * from {{ ref('int_former_alert_dates') }}

),

versions as (

    select * from {{ ref('int_alert_rules_version') }}

),

last_complete as (

    select * from {{ ref('int_last_complete_day') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

former as (

    select * from {{ ref('int_former_alerts') }}

),

last_published as (

    select max(score_date) as score_date from published

),

newest as (

    select
        published.score_date,
        published.config_version

    from published

    inner join last_published
        on published.score_date = last_published.score_date

),

last_judged as (

    select max(score_date) as score_date from former_dates

),

-- Rules that were judged before, and as they are now; else all that opens is the state of things.
judged as (

    select count(*) as date_count

    from former_dates

    inner join last_judged
        on former_dates.score_date = last_judged.score_date

    inner join versions
        on former_dates.rules_version = versions.rules_version

),

described as (

    select
        account_id,
        rule,
        opened_on,
        max(case when reason_number = 1 then reason end) as reason_1,
        max(case when reason_number = 2 then reason end) as reason_2,
        max(case when reason_number = 3 then reason end) as reason_3

    from reasons

    group by
        account_id,
        rule,
        opened_on

),

numbered as (

    select
        episodes.account_id,
        episodes.rule,
        ids.ordinal,
        episodes.opened_on,
        episodes.closed_on,
        episodes.closed_because,
        case
            when ids.former_is_baseline is not null then ids.former_is_baseline
            when judged.date_count = 0 then 1
            when episodes.is_reconfigured = 1 then 1
            when episodes.opened_on < {{ days_before('last_complete.score_date', 'settings.alert_late_days') }} then 1
            else 0
        end as is_baseline,
        0 as is_withdrawn

    from episodes

    inner join ids
        on episodes.account_id = ids.account_id
        and episodes.rule = ids.rule
        and episodes.opened_on = ids.opened_on

    cross join judged

    cross join last_complete

    cross join settings

    union all

    -- Published once, and the facts or the rules of today know nothing of it any more.
    select
        coalesce(former.account_id, '*') as account_id,
        former.rule,
        former.ordinal,
        former.opened_on,
        coalesce(former.closed_on, newest.score_date) as closed_on,
        'withdrawn' as closed_because,
        former.is_baseline,
        1 as is_withdrawn

    from former

    cross join newest

    left join ids
        on coalesce(former.account_id, '*') = ids.account_id
        and former.rule = ids.rule
        and former.ordinal = ids.ordinal

    where ids.account_id is null

)

select
    cast({{ dbt.hash(dbt.concat([
        'numbered.account_id', "' '", 'numbered.rule', "' '",
        'cast(numbered.ordinal as ' ~ dbt.type_string() ~ ')',
    ])) }} as {{ dbt.type_string() }}) as alert_id,
    accounts.account_id,
    accounts.account_name,
    accounts.csm,
    numbered.rule,
    cast(coalesce(rules.title, numbered.rule) as {{ dbt.type_string() }}) as title,
    numbered.ordinal,
    cast(case when numbered.closed_on is null then 'open' else 'closed' end as {{ dbt.type_string() }}) as status,
    cast(numbered.is_baseline as integer) as is_baseline,
    cast(coalesce(holds.is_held, 0) as integer) as is_held,
    holds.held_because,
    holds.held_until,
    numbered.opened_on,
    numbered.closed_on,
    cast(numbered.closed_because as {{ dbt.type_string() }}) as closed_because,
    cast(coalesce(
        alert_accounts.severity, case when numbered.account_id = '*' then 'high' else 'low' end
    ) as {{ dbt.type_string() }}) as severity,
    cast(coalesce(
        alert_accounts.severity_when_opened, case when numbered.account_id = '*' then 'high' else 'low' end
    ) as {{ dbt.type_string() }}) as severity_when_opened,
    alert_accounts.mrr,
    alert_accounts.days_to_renewal,
    alert_accounts.effective_score,
    alert_accounts.band,
    described.reason_1,
    described.reason_2,
    described.reason_3,
    alert_accounts.action_plan,
    newest.score_date,
    newest.config_version
from numbered
cross join newest
left join rules
    on numbered.rule = rules.rule
left join accounts
    on numbered.account_id = accounts.account_id
left join holds
    on numbered.account_id = holds.account_id
    and numbered.rule = holds.rule
    and numbered.opened_on = holds.opened_on
    and numbered.is_withdrawn = 0
left join described
    on numbered.account_id = described.account_id
    and numbered.rule = described.rule
    and numbered.opened_on = described.opened_on
    and numbered.is_withdrawn = 0
left join alert_accounts
    on numbered.account_id = alert_accounts.account_id
    and numbered.rule = alert_accounts.rule
    and numbered.opened_on = alert_accounts.opened_on
    and numbered.is_withdrawn = 0
where
    numbered.account_id = '*'
    or accounts.account_id is not null

-- One row per live account, score date and scorecard that a person overrides: the one override that wins.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

overrides as (

    select * from {{ ref('stg_score_overrides') }}

),

active as (

    select
        accounts.account_id,
        accounts.score_date,
        overrides.scorecard,
        overrides.override_id,
        overrides.kind as override_kind,
        overrides.value as override_value,
        overrides.reason as override_reason,
        overrides.author as override_author,
        overrides.expires_on as override_expires_on,
        row_number() over (
            partition by
                accounts.account_id,
                accounts.score_date,
                overrides.scorecard
            order by
                overrides.starts_on desc,
                overrides.override_id desc
        ) as override_number

    from accounts

    inner join overrides
        on accounts.account_id = overrides.account_id
        and accounts.score_date >= overrides.starts_on
        and accounts.score_date <= overrides.expires_on
        and {{ known_by('overrides', 'accounts.score_date') }}

)

select
    account_id,
    score_date,
    scorecard,
    override_id,
    override_kind,
    override_value,
    override_reason,
    override_author,
    override_expires_on
from active
where override_number = 1

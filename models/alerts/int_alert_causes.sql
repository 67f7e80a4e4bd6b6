-- One row per published score date and cause that moves the whole book: a signal, a configuration, a rule.

with

snapshots as (

    select * from {{ ref('int_alert_snapshots') }}

),

measures as (

    select * from {{ ref('int_alert_measures') }}

),

changes as (

    select * from {{ ref('history_changes') }}

),

rules as (

    select * from {{ ref('alert_rules') }}

),

signals as (

    select * from {{ ref('signals') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

books as (

    select
        score_date,
        max(scorecard) as scorecard,
        count(*) as account_count,
        row_number() over (order by score_date) as date_number

    from snapshots

    group by score_date

),

edges as (

    select
        account_id,
        rule,
        score_date,
        is_holding,
        lag(is_holding) over (
            partition by
                account_id,
                rule
            order by score_date
        ) as was_holding

    from measures

),

begun as (

    select
        books.score_date,
        edges.rule,
        count(distinct edges.account_id) as moved_count

    from books

    inner join rules
        on rules.kind = 'book'

    inner join edges
        on books.score_date >= edges.score_date
        and edges.score_date > {{ days_before('books.score_date', 'rules.look_back_days') }}

    where
        edges.is_holding = 1
        and edges.was_holding = 0

    group by
        books.score_date,
        edges.rule

),

-- Accounts that lost less those that gained: what each signal does to single accounts evens out. A week
-- shows that it began, four weeks whether windows of that length still remember it.
moved as (

    select
        changes.score_date,
        changes.compared_with,
        changes.part,
        changes.signal,
        sum(case
            when changes.part = 'coverage' and changes.state_before = 'measured' then 1
            when changes.part = 'coverage' and changes.state_after = 'measured' then -1
            when changes.part <> 'coverage' and changes.points < 0 then 1
            when changes.part <> 'coverage' and changes.points > 0 then -1
            else 0
        end) as moved_count

    from changes

    inner join books
        on changes.score_date = books.score_date
        and changes.scorecard = books.scorecard

    where
        changes.compared_with <> 'previous'
        and changes.part in ('behaviour', 'coverage', 'configuration')

    group by
        changes.score_date,
        changes.compared_with,
        changes.part,
        changes.signal

),

shares as (

    select
        begun.score_date,
        'rule' as cause_type,
        begun.rule as cause,
        rules.title,
        {{ ratio('begun.moved_count', 'books.account_count') }} as moved_share,
        settings.alert_book_open_share as share_limit,
        books.account_count

    from begun

    inner join rules
        on begun.rule = rules.rule

    inner join books
        on begun.score_date = books.score_date

    cross join settings

    where rules.is_hard_fact = 0

    union all

    select
        moved.score_date,
        moved.part as cause_type,
        moved.signal as cause,
        coalesce(signals.title, 'The rules of the score') as title,
        {{ ratio('moved.moved_count', 'books.account_count') }} as moved_share,
        settings.alert_book_share as share_limit,
        books.account_count

    from moved

    inner join books
        on moved.score_date = books.score_date

    cross join settings

    left join signals
        on moved.signal = signals.signal

),

moving as (

    select
        shares.score_date,
        shares.cause_type,
        shares.cause,
        shares.title,
        max(shares.moved_share) as moved_share

    from shares

    cross join settings

    where
        shares.moved_share > shares.share_limit
        and shares.account_count >= settings.alert_book_min_accounts

    group by
        shares.score_date,
        shares.cause_type,
        shares.cause,
        shares.title

),

spells as (

    select
        moving.score_date,
        moving.cause_type,
        moving.cause,
        moving.title,
        moving.moved_share,
        next_books.score_date as next_date,
        books.date_number - row_number() over (
            partition by
                moving.cause_type,
                moving.cause
            order by moving.score_date
        ) as spell_number

    from moving

    inner join books
        on moving.score_date = books.score_date

    left join books as next_books
        on next_books.date_number = books.date_number + 1

)

select
    score_date,
    cast(cause_type as {{ dbt.type_string() }}) as cause_type,
    cast(cause as {{ dbt.type_string() }}) as cause,
    cast(title as {{ dbt.type_string() }}) as title,
    {{ rounded('moved_share') }} as moved_share,
    last_value(next_date) over (
        partition by
            cause_type,
            cause,
            spell_number
        order by score_date
        rows between unbounded preceding and unbounded following
    ) as ended_on
from spells

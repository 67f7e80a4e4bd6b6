"""The demo input: it keeps its promises about size, contract, faults and the stories in it."""

import re
from datetime import date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest

from health_score import demo

LAST_DAY = date(2026, 1, 31)
CUTOFF = datetime(2026, 1, 31, 15)
COMPANY = 1500  # accounts of the larger demo

# The input contract, section 2 of the design: t text, w when, d day, n number, b boolean; a capital
# is required. The version tables may carry any attribute of their entity.
CONTRACT = {
    "accounts": "T:account_id t:account_name t:plan t:industry t:region n:employee_count t:csm"
    " W:signed_up_at t:parent_account_id",
    "users": "T:user_id T:account_id t:email t:role w:created_at w:deactivated_at",
    "usage_events": "T:event_id T:account_id t:user_id t:session_id t:feature t:event_name"
    " W:occurred_at n:duration_seconds",
    "support_tickets": "T:ticket_id T:account_id t:user_id W:opened_at w:first_responded_at"
    " w:resolved_at w:reopened_at t:severity t:ticket_type n:contact_count",
    "survey_responses": "T:response_id T:account_id t:user_id T:survey_type N:score"
    " W:responded_at t:comment",
    "subscriptions": "T:subscription_id T:account_id t:plan n:mrr t:currency n:seats W:started_at"
    " w:ended_at w:renews_at b:is_addon b:is_trial",
    "invoices": "T:invoice_id T:account_id N:amount t:currency W:issued_at w:due_at w:paid_at"
    " w:voided_at",
    "success_activities": "T:activity_id T:account_id T:activity_type W:occurred_at"
    " n:duration_seconds",
    "engagement_events": "T:event_id T:account_id t:user_id T:channel T:action W:occurred_at",
    "csm_pulses": "T:pulse_id T:account_id t:csm N:pulse t:note W:recorded_at",
    "churn_events": "T:event_id T:account_id W:churned_at t:reason_code b:is_reactivation",
    "score_overrides": "T:override_id T:account_id T:scorecard T:kind N:value T:reason T:author"
    " D:starts_on D:expires_on",
    "account_versions": "T:account_id W:valid_from t:plan n:employee_count t:csm",
    "subscription_versions": "T:subscription_id W:valid_from n:seats w:renews_at",
    "exchange_rates": "T:currency W:valid_from N:rate",
    "erasure_requests": "t:account_id t:user_id W:requested_at",
}
TYPES = {
    "t": {"VARCHAR"},
    "w": {"TIMESTAMP"},
    "d": {"DATE"},
    "n": {"BIGINT", "DOUBLE", "DECIMAL(14,2)"},
    "b": {"BOOLEAN"},
}
FACTS = {
    "usage_events": "event_id",
    "survey_responses": "response_id",
    "success_activities": "activity_id",
    "engagement_events": "event_id",
    "csm_pulses": "pulse_id",
    "churn_events": "event_id",
}
ENTITIES = {
    "users": "user_id",
    "support_tickets": "ticket_id",
    "invoices": "invoice_id",
    "subscriptions": "subscription_id",
}

# What each kind of planted breach looks like, where its name does not say it.
BREACHES = {
    "unknown account": "account_id not in (select account_id from accounts where account_id <> '')",
    "unknown subscription": "subscription_id not in (from subscriptions select subscription_id"
    " where subscription_id is not null)",
    "deactivated before created": "deactivated_at < created_at",
    "first response before opened": "first_responded_at < opened_at",
    "resolved before opened": "resolved_at < opened_at",
    "reopened before opened": "reopened_at < opened_at",
    "ended before started": "ended_at < started_at",
    "unknown severity": "severity not in ('low', 'normal', 'high', 'critical')",
    "unknown ticket_type": "ticket_type not in ('question', 'problem', 'incident', 'task',"
    " 'billing')",
    "unknown survey_type": "survey_type not in ('nps', 'csat', 'ces')",
    "nps outside 0 to 10": "survey_type = 'nps' and score not between 0 and 10",
    "csat outside 1 to 5": "survey_type = 'csat' and score not between 1 and 5",
    "ces outside 1 to 7": "survey_type = 'ces' and score not between 1 and 7",
    "unknown activity_type": "activity_type not in ('onboarding_completed',"
    " 'activation_completed', 'training_session', 'goal_set', 'goal_achieved', 'business_review',"
    " 'resource_viewed')",
    "missing channel and action": "channel is null and action is null",
    "unknown channel": "channel not in ('community', 'email', 'web', 'review', 'referral')",
    "unknown action": "channel = 'email' and action not in ('sent', 'open', 'click')",
    "pulse outside 1 to 5": "pulse not between 1 and 5",
    "unknown kind": "kind not in ('set', 'cap', 'floor')",
    "longer than 90 days": "expires_on - starts_on + 1 > 90",
    "expires before it starts": "expires_on < starts_on",
    "rate not positive": "rate <= 0",
    "neither account nor user": "account_id is null and user_id is null",
}


def breach(kind: str) -> str:
    """SQL condition of a kind of breach."""
    if kind in BREACHES:
        return BREACHES[kind]
    verb, column = kind.split(" ")
    times = "not between timestamp '1990-01-01' and timestamp '2099-12-31'"
    return column + {"missing": " is null", "negative": " < 0", "impossible": f" {times}"}[verb]


def world(accounts=300, events=60_000, months=24, seed=1):
    return demo.make_world(accounts, months, events, seed, LAST_DAY)


def opened(folder):
    """A connection with one view per table of a demo folder."""
    connection = duckdb.connect()
    for table in demo.TABLES:
        files = f"{table}/*.parquet" if table == "usage_events" else f"{table}.parquet"
        where = folder / files
        connection.execute(f"create view {table} as from read_parquet('{where}')")
    return connection


def write(folder, **arguments):
    arguments = {"accounts": 300, "events": 60_000, "seed": 1, **arguments}
    return demo.write_demo(folder, **arguments)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Two chunks: (connection, summary)."""
    folder = tmp_path_factory.mktemp("demo") / "small"
    summary = write(folder)
    return opened(folder), summary


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """Enough accounts for shares to be steady; clean accounts and subscriptions as tables."""
    folder = tmp_path_factory.mktemp("demo") / "company"
    write(folder, accounts=COMPANY, events=400_000)
    connection = opened(folder)
    connection.execute("""
        create table customers as from accounts where account_id is not null
            and signed_up_at between '1990-01-01' and '2099-12-31'
            and coalesce(employee_count, 0) >= 0;
        create table contracts as from (
            from subscriptions where subscription_id is not null and account_id is not null
                and started_at between '1990-01-01' and '2099-12-31' and mrr >= 0
                and coalesce(ended_at >= started_at, true) and coalesce(seats, 0) >= 0
            qualify row_number() over (
                partition by subscription_id order by ended_at is not null desc, _loaded_at desc
            ) = 1
        ) semi join customers using (account_id);
        create table paid as from contracts where not is_addon and not is_trial;
        create table departures as
            select distinct on (event_id) event_id, account_id, churned_at, is_reactivation
            from churn_events semi join customers using (account_id)
            where event_id is not null and churned_at between '1990-01-01' and '2099-12-31';
    """)
    return connection


def value(connection, query):
    return connection.execute(query).fetchone()[0]


def contents(connection):
    """A checksum of each table's rows, whatever their order."""
    return {
        table: connection.execute(f"select count(*), sum(hash({table})) from {table}").fetchone()
        for table in demo.TABLES
    }


# ------------------------------------------------------------------------------------- determinism


def test_the_same_seed_makes_the_same_tables(small, tmp_path):
    write(tmp_path / "again")
    assert contents(opened(tmp_path / "again")) == contents(small[0])


def test_another_seed_makes_every_table_different():
    here, there = (demo.make_chunk(world(seed=seed), 0) for seed in (1, 2))
    tables = {**here.tables, "usage_events": next(here.usage)}
    others = {**there.tables, "usage_events": next(there.usage)}
    assert tables.keys() == others.keys() == demo.TABLES.keys()
    for table, rows in tables.items():
        told = rows.keys() - {"loaded_at", "key"}
        assert any(not np.array_equal(rows[name], others[table][name]) for name in told), table


def test_a_chunk_does_not_depend_on_those_before_it():
    alone = list(demo.batches(world(), 1))
    list(demo.batches(world(), 0))
    after = list(demo.batches(world(), 1))
    assert [table for table, _, _ in alone] == [table for table, _, _ in after]
    assert len(alone) > 10
    for (table, rows, _), (_, again, _) in zip(alone, after, strict=True):
        for name, array in rows.items():
            assert np.array_equal(array, again[name], equal_nan=array.dtype.kind in "fM"), table


def test_chunks_share_no_key(small):
    for table, key in {**FACTS, **ENTITIES}.items():
        owners = f"select count(distinct account_id) n from {table} where {key} is not null"
        assert value(small[0], f"select max(n) from ({owners} group by {key})") == 1, table
    twice = "select count(account_id) - count(distinct account_id) from accounts"
    assert value(small[0], twice) == 0


def test_memory_is_bounded_by_chunk_and_file_size(monkeypatch):
    monkeypatch.setattr(demo, "SESSIONS_PER_FILE", 500)
    made = demo.batches(world(), 0)
    sizes = [len(rows["key"]) for table, rows, _ in made if table == "usage_events"]
    assert len(sizes) > 5
    assert max(sizes) < 500 * 6
    assert sum(sizes) == pytest.approx(30_000, rel=0.02)
    firms = demo.make_firms(world(accounts=99_999), 7, np.random.default_rng(1))
    assert len(firms.number) <= demo.CHUNK_ACCOUNTS


# ---------------------------------------------------------------------------------------- contract


@pytest.mark.parametrize("table", CONTRACT)
def test_columns_and_types_are_those_of_the_contract(small, table):
    described = small[0].execute(f"describe {table}").fetchall()
    columns = {name: kind for name, kind, *_ in described}
    assert columns.pop("_loaded_at") == "TIMESTAMP"
    wanted = dict(cell.split(":")[::-1] for cell in CONTRACT[table].split())
    assert list(columns) == list(wanted)
    wrong = {name for name, kind in wanted.items() if columns[name] not in TYPES[kind.lower()]}
    assert wrong == set()


def test_every_table_has_rows_and_the_summary_counts_them(small):
    connection, summary = small
    counted = {table: value(connection, f"select count(*) from {table}") for table in CONTRACT}
    assert counted == summary.rows
    assert min(counted.values()) > 0


@pytest.mark.parametrize("table", CONTRACT)
def test_each_kind_of_breach_is_planted_as_often_as_counted(small, table):
    connection, summary = small
    found = {
        kind: value(connection, f"select count(*) from {table} where {breach(kind)}")
        for kind in demo.BROKEN[table]
    }
    planted = summary.planted[table]
    assert found == {kind: planted[kind] for kind in found}
    assert min(found.values()) > 0


@pytest.mark.parametrize("table", CONTRACT)
def test_each_required_column_is_missing_somewhere(small, table):
    required = [cell[2:] for cell in CONTRACT[table].split() if cell[0].isupper()]
    holes = ", ".join(f"count(*) - count({name})" for name in required)
    assert min(small[0].execute(f"select {holes} from {table}").fetchone()) > 0


@pytest.mark.parametrize("table", CONTRACT)
def test_a_planted_row_breaks_one_rule_only(small, table):
    connection, summary = small
    breaches = " + ".join(f"coalesce(({breach(kind)})::int, 0)" for kind in demo.BROKEN[table])
    broken = value(connection, f"select count(*) from {table} where {breaches} > 0")
    assert broken == sum(summary.planted[table][kind] for kind in demo.BROKEN[table])
    assert value(connection, f"select max({breaches}) from {table}") == 1


def test_about_one_row_in_a_hundred_is_broken(small):
    _, summary = small
    for table in ("usage_events", "engagement_events", "invoices", "support_tickets"):
        broken = sum(summary.planted[table][kind] for kind in demo.BROKEN[table])
        assert broken / summary.rows[table] == pytest.approx(0.01, abs=0.003), table


@pytest.mark.parametrize("table", FACTS)
def test_duplicates_and_conflicts_are_as_many_as_counted(small, table):
    connection, summary = small
    keyed = f"from {table} where {FACTS[table]} is not null"
    distinct = f"(select distinct * {keyed})"
    planted = summary.planted[table]
    copies = f"select (select count(*) {keyed}) - (select count(*) from {distinct})"
    assert value(connection, copies) == planted["duplicate"] > 0
    keys = f"select {FACTS[table]} from {distinct} group by 1 having count(*) > 1"
    assert value(connection, f"select count(*) from ({keys})") == planted["conflict"] > 0


def test_an_account_and_two_people_asked_to_be_forgotten(small):
    connection, summary = small
    valid = "from erasure_requests where requested_at between '2025-01-01' and '2026-01-31'"
    assert value(connection, f"select count(account_id) {valid}") == 1
    assert value(connection, f"select count(distinct user_id) {valid} and user_id is not null") == 2
    for table in ("usage_events", "subscriptions", "engagement_events"):
        rows = f"select count(*) from {table} where account_id = (select max(account_id) {valid})"
        assert value(connection, rows) == summary.planted[table]["erased"] > 0, table


def test_a_dozen_overrides_of_which_some_hold_on_the_last_complete_day(small):
    bad = " or ".join(f"coalesce({breach(kind)}, false)" for kind in demo.BROKEN["score_overrides"])
    valid = f"from score_overrides where not ({bad})"
    assert value(small[0], f"select count(*) {valid}") == 12
    active = f"{valid} and date '2026-01-30' between starts_on and expires_on"
    assert value(small[0], f"select count(*) {active}") == 7
    assert value(small[0], f"select count(distinct account_id) {active}") == 6
    assert value(small[0], f"select count(distinct kind) {active}") == 3


# ---------------------------------------------------------------------------------- time and loads


@pytest.mark.parametrize(("accounts", "events"), [(40, 3_000), (300, 60_000), (600, 250_000)])
def test_usage_has_the_size_asked_for(tmp_path, accounts, events):
    rows = write(tmp_path / "sized", accounts=accounts, events=events).rows
    assert rows["usage_events"] == pytest.approx(events, rel=0.02)


@pytest.mark.parametrize(
    ("accounts", "months", "events"), [(1, 1, 1), (1, 24, 1), (3, 1, 50), (20, 60, 500)]
)
def test_odd_sizes_work(tmp_path, accounts, months, events):
    write(tmp_path / "odd", accounts=accounts, months=months, events=events)
    assert value(opened(tmp_path / "odd"), "select count(*) from accounts") >= accounts


def test_impossible_sizes_are_refused(tmp_path):
    for wrong in ({"accounts": 0}, {"events": 0}, {"months": 0}, {"seed": -1}):
        with pytest.raises(ValueError, match="at least"):
            write(tmp_path / "none", **wrong)
    assert list(tmp_path.iterdir()) == []


def test_the_last_day_is_partial_and_the_day_before_is_complete(company):
    day = "select max(occurred_at) from usage_events where occurred_at::date = date "
    assert datetime(2026, 1, 31, 9) < value(company, day + "'2026-01-31'") <= CUTOFF
    assert value(company, day + "'2026-01-30'") > datetime(2026, 1, 30, 20)
    at_the_end = f"select count(*) from usage_events where occurred_at = '{CUTOFF}'"
    assert value(company, at_the_end) < 5


def test_the_smallest_input_reaches_the_last_day(tmp_path):
    write(tmp_path / "tiny", accounts=10, events=50)
    last = "select max(occurred_at)::date from usage_events where occurred_at < '2099-01-01'"
    assert value(opened(tmp_path / "tiny"), last) == LAST_DAY


def test_nothing_is_later_than_the_moment_the_data_were_read(company):
    ahead = {"renews_at", "due_at"}
    for table, columns in CONTRACT.items():
        for cell in columns.split():
            if cell[0].lower() == "w" and (column := cell[2:]) not in ahead:
                last = f"select max({column}) from {table} where {column} < '2099-01-01'"
                assert value(company, last) <= CUTOFF, (table, column)
        loaded = value(company, f"select max(_loaded_at) from {table}")
        assert loaded <= datetime(2026, 1, 31, 15, 10), table


def test_rows_arrive_the_night_after_and_a_few_late(company):
    lag = "date_diff('hour', occurred_at::date::timestamp + interval 1 day, _loaded_at)"
    usual = "from usage_events where occurred_at between '2024-03-01' and '2026-01-01'"
    assert value(company, f"select avg(({lag} in (2, 3))::int) {usual}") > 0.99
    late = f"select avg(({lag} between 48 and 24 * 20 + 3)::int) {usual}"
    assert value(company, late) == pytest.approx(0.005, rel=0.2)
    assert value(company, f"select count(*) {usual} and {lag} not between 2 and 24 * 20 + 3") == 0


def test_tickets_have_a_version_for_each_night_they_looked_different(company):
    company.execute("""
        create or replace temp view ticket_versions as
            select ticket_id, count(*) as versions, bool_or(resolved_at is null) as was_open,
                bool_or(resolved_at::date > opened_at::date and reopened_at is null) as is_slow
            from support_tickets semi join customers using (account_id)
            where ticket_id is not null and opened_at between '2020-01-01' and '2100-01-01'
            group by ticket_id
    """)
    slow = "from ticket_versions where is_slow"
    assert value(company, f"select count(*) {slow}") > 3000
    assert value(company, f"select count(*) {slow} and versions > 1 and not was_open") == 0
    # Copies that were broken on purpose are the only ones without their older version.
    assert value(company, f"select avg((versions = 1)::int) {slow}") < 0.01
    latest = "greatest(opened_at, first_responded_at, resolved_at, reopened_at)"
    early = f"select count(*) from support_tickets where _loaded_at < {latest}"
    assert value(company, f"{early} and opened_at < '2100-01-01'") == 0


def test_ended_subscriptions_and_overdue_invoices_have_an_open_version(company):
    ended = """
        select avg(was_open::int) from (
            select bool_or(ended_at is null) as was_open, bool_or(ended_at is not null) as has_ended
            from subscriptions semi join customers using (account_id)
            where subscription_id is not null group by subscription_id
        ) where has_ended
    """
    assert value(company, ended) > 0.95
    versions = "select count(*) as n from invoices group by invoice_id"
    assert 0.05 < value(company, f"select avg((n = 2)::int) from ({versions})") < 0.2


# ----------------------------------------------------------------------------------------- stories


def test_a_plausible_share_of_customers_leaves_each_year(company):
    live_then = "started_at < '2025-01-01' and coalesce(ended_at, '2999-01-01') >= '2025-01-01'"
    customers = "select count(distinct account_id) from"
    in_2025 = "not is_reactivation and churned_at between '2025-01-01' and '2026-01-01'"
    left = value(company, f"{customers} departures where {in_2025}")
    live = value(company, f"{customers} paid where {live_then}")
    assert 0.10 < left / live < 0.20
    still = value(company, f"{customers} paid where ended_at is null")
    assert 0.72 < still / COMPANY < 0.92


def test_some_come_back_soon_and_some_later(company):
    gaps = company.execute("""
        select date_diff('day', churned_at, next_at) from (
            select is_reactivation, churned_at, lead(churned_at) over own as next_at,
                lead(is_reactivation) over own as returns
            from departures window own as (partition by account_id order by churned_at)
        ) where not is_reactivation and returns
    """).fetchall()
    assert sum(gap <= 30 for (gap,) in gaps) > 3
    assert sum(gap > 30 for (gap,) in gaps) > 3


def test_who_leaves_was_less_active_before(company):
    active = company.execute("""
        with notice as (
            select account_id, min(churned_at) - interval 60 day as day from departures
            where churned_at > '2024-06-01' group by account_id
        ), observed as (
            select account_id, day, true as leaves from notice
            union all
            select account_id, timestamp '2025-06-01', false from paid
            where account_id not in (from departures select account_id)
                and started_at < '2025-02-01' and ended_at is null
        )
        select leaves, median(days) from (
            select leaves, observed.account_id, count(distinct occurred_at::date) as days
            from observed left join usage_events on usage_events.account_id = observed.account_id
                and occurred_at between day - interval 28 day and day
            group by all
        ) group by 1 order by 1
    """).fetchall()
    assert [leaves for leaves, _ in active] == [False, True]
    assert active[1][1] < 0.7 * active[0][1]


def test_trials_end_with_and_without_a_purchase(company):
    trials = "from contracts where is_trial and ended_at is not null"
    purchase = "(select (account_id, started_at) from paid)"
    bought = f"select count(*) {trials} and (account_id, ended_at) in {purchase}"
    never = f"select count(*) {trials} and account_id not in (select account_id from paid)"
    assert value(company, bought) > 50
    assert value(company, never) > 20
    assert value(company, f"select count(*) {trials} and mrr <> 0") == 0


def test_plans_change_at_the_instant_the_former_ends(company):
    change = """
        select count(*) from paid as former join paid as latter
            on latter.account_id = former.account_id and latter.started_at = former.ended_at
        where latter.mrr """
    assert value(company, change + "> former.mrr") > 100
    assert value(company, change + "< former.mrr") > 40
    assert value(company, "select count(distinct account_id) from contracts where is_addon") > 100


def test_some_pay_late_and_most_do_not(company):
    shares = company.execute("""
        select avg((settled > due_at)::int) from (
            select invoice_id, account_id, due_at, max(paid_at) as settled
            from invoices semi join customers using (account_id)
            where invoice_id is not null group by all having settled is not null
        ) group by account_id having count(*) >= 6
    """).fetchall()
    assert 0.03 < np.mean([share > 0.4 for (share,) in shares]) < 0.2
    assert np.mean([share < 0.2 for (share,) in shares]) > 0.7


def test_some_accounts_never_answer(company):
    asked = """
        select avg((account_id not in (
            select account_id from survey_responses where account_id is not null))::int)
        from (select account_id from support_tickets semi join customers using (account_id)
              where resolved_at is not null group by 1 having count(distinct ticket_id) > 12)
    """
    assert 0.15 < value(company, asked) < 0.4


@pytest.mark.parametrize(
    ("table", "key", "happened"),
    [("usage_events", "event_id", "occurred_at"), ("support_tickets", "ticket_id", "opened_at")],
)
def test_the_outage_week_shows_in_usage_and_tickets(company, table, key, happened):
    calendar = world(accounts=COMPANY)
    first = calendar.first_day + calendar.outage_week * 7
    before, during, after = (
        value(
            company,
            f"select count(distinct {key}) from {table}"
            f" where {happened} >= '{first + days}' and {happened} < '{first + days + 7}'",
        )
        for days in (-7, 0, 7)
    )
    if table == "usage_events":
        assert during < 0.6 * min(before, after)
    else:
        assert during > 2 * max(before, after)


def test_weekends_and_year_ends_are_quiet(company):
    def per_day(first, last, days):
        query = (
            "select count(*) / count(distinct occurred_at::date) from usage_events"
            f" where occurred_at between '{first}' and '{last}' and isodow(occurred_at) in {days}"
        )
        return value(company, query)

    usual = per_day("2025-11-01", "2025-12-15", (1, 2, 3, 4, 5))
    assert per_day("2025-11-01", "2025-12-15", (6, 7)) < 0.35 * usual
    assert per_day("2025-12-22", "2025-12-31", (1, 2, 3, 4, 5)) < 0.7 * usual


def test_a_leader_who_goes_takes_usage_along(company):
    before, after = company.execute("""
        with leaders as (
            select account_id, user_id, max(deactivated_at) as gone
            from users semi join customers using (account_id)
            where role = 'admin' and user_id is not null group by all
            having gone between '2024-05-01' and '2025-10-01'
                and account_id not in (from departures select account_id)
        )
        select sum((occurred_at between gone - interval 56 day and gone)::int),
            sum((occurred_at between gone and gone + interval 56 day)::int)
        from leaders join usage_events using (account_id)
    """).fetchone()
    assert after < 0.75 * before


def test_sessions_begin_with_a_login_and_have_up_to_twenty_events(company):
    company.execute("""
        create or replace temp view sessions as
            select count(*) as n, count(*) filter (event_name = 'login') as logins,
                arg_min(event_name, (occurred_at, event_id)) as first_name
            from (
                select distinct on (event_id) * from usage_events
                where event_id is not null and account_id in (select account_id from customers)
                    and occurred_at between '2024-02-01' and '2026-01-30'
            ) where session_id is not null group by session_id
    """)
    # A session may have broken copies of its events, or be broken itself.
    assert value(company, "select max(n) from sessions") in (20, 21)
    assert value(company, "select min(n) from sessions") == 1
    assert value(company, "select avg((logins = 1)::int) from sessions") > 0.97
    assert value(company, "select avg((first_name = 'login')::int) from sessions") > 0.97
    assert value(company, "select count(distinct feature) from usage_events") == 24


def test_money_comes_in_several_currencies_one_without_a_rate(company):
    def currencies(table):
        rows = company.execute(f"select distinct currency from {table}").fetchall()
        return {currency for (currency,) in rows if currency}

    assert currencies("contracts") == {"USD", "EUR", "GBP", "CHF"}
    assert currencies("exchange_rates") == {"EUR", "GBP"}


def test_accounts_differ_in_size_age_and_family(company):
    facts = company.execute("""
        select min(employee_count) >= 5, max(employee_count) > 3000,
            count(*) - count(employee_count) > 30, count(distinct csm) = 10,
            avg((signed_up_at < '2024-02-01')::int) between 0.5 and 0.7,
            count(*) filter (signed_up_at > '2025-11-02') > 30,
            count(parent_account_id) > 20, count(*) filter (parent_account_id = account_id) = 0,
            count(distinct region) = 3, count(distinct plan) = 4
        from customers
    """).fetchone()
    assert facts == (True,) * 10


# ----------------------------------------------------------------------------------------- writing


def test_other_files_of_the_folder_stay_and_tables_are_replaced(tmp_path):
    (tmp_path / "usage_events").mkdir()
    (tmp_path / "usage_events" / "part-999999.parquet").write_text("old")
    (tmp_path / "accounts.parquet").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    write(tmp_path, accounts=30, events=500)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert value(opened(tmp_path), "select count(distinct event_id) from usage_events") > 400
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} == {*demo.TABLES, "notes"}


def test_a_run_that_dies_leaves_the_former_input_whole(tmp_path, monkeypatch):
    folder = tmp_path / "input"
    write(folder, accounts=30, events=500)
    former = contents(opened(folder))

    def dies(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "copy_to", dies)
    with pytest.raises(KeyboardInterrupt):
        write(folder, accounts=30, events=500, seed=2)
    assert contents(opened(folder)) == former
    assert [path.name for path in tmp_path.iterdir()] == ["input"]


def test_a_swap_that_dies_leaves_no_accounts(tmp_path, monkeypatch):
    folder = tmp_path / "input"
    write(folder, accounts=30, events=500)
    rename = demo.Path.rename

    def dies(self, target):
        if self.parent.name == "fresh" and self.stem == "invoices":
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(demo.Path, "rename", dies)
    with pytest.raises(OSError, match="disk full"):
        write(folder, accounts=30, events=500, seed=2)
    assert not (folder / "accounts.parquet").exists()


def test_a_table_in_csv_is_not_mixed_with_the_demo(tmp_path):
    (tmp_path / "invoices.csv").write_text("invoice_id\n")
    with pytest.raises(FileExistsError, match="invoices.csv"):
        write(tmp_path, accounts=30, events=500)
    assert [path.name for path in tmp_path.iterdir()] == ["invoices.csv"]


def test_progress_only_grows_and_ends_at_one(tmp_path):
    told = []
    write(tmp_path / "demo", progress=lambda text, share: told.append((share, text)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[0] < 0.5
    assert shares[-1] == 1.0
    assert all(isinstance(text, str) and text for _, text in told)


def test_the_accounts_of_the_readme_are_in_the_demo(tmp_path):
    """A newcomer types them; names do not depend on the number of events."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r'health explain "([^"]+)"', readme))
    demo.write_demo(tmp_path, events=20_000)
    names = {name for (name,) in duckdb.sql(
        f"select account_name from '{tmp_path}/accounts.parquet'"
    ).fetchall()}  # fmt: skip
    assert named and named <= names

"""A past score uses only what was known by its day: whatever the future brings, it stays.

The future of random accounts is shifted in the raw tables in two worlds. In `loaded` every row has
its load time, and sources deliver new versions; in `overwritten` nothing has one, sources overwrite
their rows, and only the times in them tell what had happened.
"""

from __future__ import annotations

import os

import pytest

import history_runs as runs
from history_runs import assert_same, day, opened, rows, score

IS_LONG = os.environ.get("HEALTH_LONG_TESTS") == "1"
SLOW = pytest.mark.slow
D = day(40)
WORLDS = ("loaded", "overwritten")
# When something happened; all of them on or before D: the row belongs to the past.
BEGINS = {
    "account_versions": "valid_from", "churn_events": "churned_at", "csm_pulses": "recorded_at",
    "engagement_events": "occurred_at", "exchange_rates": "valid_from", "invoices": "issued_at",
    "score_overrides": "starts_on", "subscription_versions": "valid_from",
    "subscriptions": "started_at", "success_activities": "occurred_at",
    "support_tickets": "opened_at", "survey_responses": "responded_at",
    "usage_events": "occurred_at", "users": "created_at",
}  # fmt: skip
KEYS = {
    "invoices": "invoice_id", "score_overrides": "override_id", "subscriptions": "subscription_id",
    "support_tickets": "ticket_id", "users": "user_id", "accounts": "account_id",
}  # fmt: skip
# Numbers and texts that a source may say differently for what lies in the future.
OTHERWISE = {
    "account_versions": "plan = 'Enterprise', employee_count = 7000, csm = 'Somebody Else'",
    "churn_events": "is_reactivation = not is_reactivation",
    "csm_pulses": "pulse = 6 - pulse",
    "engagement_events": "channel = 'review', action = 'negative'",
    "exchange_rates": "rate = rate * 3",
    "invoices": "amount = amount * 7, currency = 'EUR'",
    "score_overrides": "value = 1",
    "subscription_versions": "seats = seats + 400",
    "subscriptions": "mrr = mrr * 5, plan = 'Enterprise', seats = 900",
    "success_activities": "activity_type = 'goal_achieved'",
    "support_tickets": "severity = 'critical'",
    "survey_responses": "score = 1",
    "usage_events": "feature = 'new', duration_seconds = 9999",
    "users": "role = 'admin'",
}
# Times within a row that tell of its later life.
LATER = {
    "invoices": ("paid_at", "voided_at"),
    "subscriptions": ("ended_at",),
    "support_tickets": ("first_responded_at", "resolved_at", "reopened_at"),
    "users": ("deactivated_at",),
}
LEAKS = {
    "tickets that were loaded later": (
        "int_ticket_dates",
        r"and tickets.known_on <= accounts.score_date",
        "",
    ),
    "tickets": (
        "int_ticket_dates",
        r"case when cast\(tickets.resolved_at as date\) <= accounts.score_date "
        r"then tickets.resolved_at end",
        "tickets.resolved_at",
    ),
    "invoices": (
        "int_invoice_signals",
        r"case when cast\(invoices.paid_at as date\) <= accounts.score_date "
        r"then invoices.paid_at end",
        "invoices.paid_at",
    ),
    "subscriptions that ended": (
        "int_subscription_dates",
        r"or cast\(subscriptions.ended_at as date\) > score_dates.score_date",
        "",
    ),
    "subscriptions that started": (
        "int_subscription_dates",
        r"on subscriptions.happened_on <= score_dates.score_date\s+"
        r"and subscriptions.known_on <= score_dates.score_date",
        "on 1 = 1",
    ),
    "plan": (
        "int_account_dates",
        r"versions.happened_on <= cast\(.*?as date\)\s+"
        r"and versions.known_on <= score_dates.score_date",
        "1 = 1",
    ),
}


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> runs.Recording:
    return runs.recorded(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module", params=WORLDS)
def world(request: pytest.FixtureRequest, recording: runs.Recording, tmp_path_factory) -> dict:
    """The files of a world as it is and with another future; D is scored in neither."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    with opened(recording) as connection:
        make_world(connection, name)
        score(connection, recording, D, staging=True, marts=False)
        as_it_is = runs.saved(connection, folder / "as_it_is.duckdb")
        SHIFTS[name](connection, seed=1)
        score(connection, recording, D, staging=True, marts=False)
        shifted = runs.saved(connection, folder / "shifted.duckdb")
    return {"name": name, "as it is": as_it_is, "shifted": shifted}


def make_world(connection, name: str) -> None:
    """Demo rows, an account that never paid, and in `overwritten` one row per key, no load time."""
    connection.execute(
        "insert into raw.accounts by name select 'trial' as account_id, 'Starter' as plan, "
        "20 as employee_count, timestamp '2025-06-01' as signed_up_at, "
        "timestamp '2025-06-01' as _loaded_at"
    )
    connection.execute(
        "insert into raw.account_versions by name select 'trial' as account_id, valid_from, plan, "
        "valid_from as _loaded_at from (values (timestamp '2025-06-02', 'Starter'), "
        "(cast(? as timestamp) + interval 9 day, 'Growth')) as versions (valid_from, plan)",
        [str(D)],
    )
    if name == "overwritten":
        for table in tables_with_rows(connection):
            key = KEYS.get(table)
            if key:
                connection.execute(
                    f"create or replace table raw.{table} as select * from raw.{table} qualify "
                    f"row_number() over (partition by {key} order by _loaded_at desc, rowid) = 1"
                )
            if table != "erasure_requests":
                connection.execute(f"update raw.{table} set _loaded_at = null")


def tables_with_rows(connection) -> list[str]:
    query = "select table_name from duckdb_tables() where schema_name = 'raw' order by 1"
    return [name for (name,) in rows(connection, query)]


# ------------------------------------------------------------------------------------------ shifts


def chosen(seed: int, share: int, column: str = "rowid") -> str:
    """A condition that picks one row of `share`, the same ones for the same seed."""
    return f"hash(concat({column}, '/{seed}')) % {share} = 0"


def shift_overwritten(connection, seed: int) -> None:
    """What began after D vanishes, moves, changes, doubles; what began before ends differently."""
    after = f"timestamp '{D}' + interval 1 day"
    for table, begins in BEGINS.items():
        future = f"{begins} >= {after}"
        connection.execute(f"delete from raw.{table} where {future} and {chosen(seed, 3)}")
        connection.execute(
            f"update raw.{table} set {OTHERWISE[table]} where {future} and {chosen(seed + 1, 2)}"
        )
        if table not in ("exchange_rates", "account_versions", "subscription_versions"):
            copy = ", ".join(
                f"concat({name}, '-more') as {name}"
                for name in columns(connection, table)
                if name in (*KEYS.values(), "event_id", "response_id", "activity_id", "pulse_id")
                and name not in ("account_id", "user_id" if table != "users" else "")
            )
            connection.execute(
                f"insert into raw.{table} select * replace ({copy}) from raw.{table} "
                f"where {future} and {chosen(seed + 2, 2)}"
            )
    for table, times in LATER.items():
        for number, name in enumerate(times):
            connection.execute(
                f"update raw.{table} set {name} = null "
                f"where {name} >= {after} and {chosen(seed + number, 2)}"
            )
            connection.execute(
                f"update raw.{table} set {name} = {name} + interval 5 day "
                f"where {name} >= {after} and {chosen(seed + number + 7, 2)}"
            )
            connection.execute(
                f"update raw.{table} set {name} = {after} + interval 3 day "
                f"where {name} is null and {BEGINS[table]} < {after} "
                f"and {chosen(seed + number + 9, 2)}"
            )
    new_things(connection, loaded="cast(null as timestamp)")


def shift_loaded(connection, seed: int) -> None:
    """What was loaded after the grace of D vanishes, changes, or comes with what nobody foresaw."""
    grace = f"timestamp '{D}' + interval 61 hour"
    for table, begins in BEGINS.items():
        future = f"_loaded_at >= {grace}"
        connection.execute(f"delete from raw.{table} where {future} and {chosen(seed, 3)}")
        connection.execute(
            f"update raw.{table} set {OTHERWISE[table]} where {future} and {chosen(seed + 1, 2)}"
        )
        # The past told differently, weeks later.
        others = {"subscription_versions", "account_versions", "exchange_rates"}
        if table in KEYS or table in others:
            later = f"select * replace ({grace} + interval 20 day as _loaded_at) from raw.{table}"
            connection.execute(
                f"create or replace temp table told as {later} where {chosen(seed + 3, 2)}"
            )
            connection.execute(f"update told set {OTHERWISE[table]}")
            for name in LATER.get(table, ()):
                connection.execute(
                    f"update told set {name} = timestamp '{D}' - interval 2 day "
                    f"where {begins} < timestamp '{D}' - interval 2 day "
                    f"and {chosen(seed + 4, 2)}"
                )
            connection.execute(f"insert into raw.{table} from told")
    connection.execute(
        "insert into raw.accounts select * replace ('Renamed' as account_name, 3 as "
        f"employee_count, 'New' as csm, {grace} + interval 4 day as _loaded_at) from raw.accounts"
    )
    new_things(connection, loaded=f"{grace} + interval 1 day")
    new_things(connection, loaded=f"{grace} + interval 1 day", happened=f"timestamp '{D}'")


def new_things(connection, loaded: str, happened: str | None = None) -> None:
    """New facts of every account after D, or on D and loaded too late to count there."""
    when = happened or f"timestamp '{D}' + interval 4 day"
    name = "late" if happened else "later"
    made = {
        "usage_events": f"'n' as user_id, 'new' as feature, 'use' as event_name, {when} as "
        f"occurred_at, '{name}' || account_id as event_id",
        "support_tickets": f"'{name}' || account_id as ticket_id, {when} as opened_at, "
        "'critical' as severity",
        "survey_responses": f"'{name}' || account_id as response_id, 'nps' as survey_type, "
        f"0 as score, {when} as responded_at",
        "invoices": f"'{name}' || account_id as invoice_id, 100000 as amount, {when} as issued_at, "
        f"{when} as due_at",
        "subscriptions": f"'{name}' || account_id as subscription_id, 'Enterprise' as plan, "
        f"90000 as mrr, 'USD' as currency, {when} as started_at",
        "csm_pulses": f"'{name}' || account_id as pulse_id, 1 as pulse, {when} as recorded_at",
        "churn_events": f"'{name}' || account_id as event_id, {when} as churned_at",
        "success_activities": f"'{name}' || account_id as activity_id, 'training_session' as "
        f"activity_type, {when} as occurred_at",
        "engagement_events": f"'{name}' || account_id as event_id, 'review' as channel, 'negative' "
        f"as action, {when} as occurred_at",
        "score_overrides": f"'{name}' || account_id as override_id, 'health' as scorecard, 'set' "
        f"as kind, 5 as value, 'r' as reason, 'a' as author, cast({when} as date) as starts_on, "
        f"cast({when} as date) + 30 as expires_on",
        "account_versions": f"{when} as valid_from, 'Enterprise' as plan, 9000 as employee_count",
    }
    for table, cells in made.items():
        connection.execute(
            f"insert into raw.{table} by name select distinct account_id, {cells}, "
            f"{loaded} as _loaded_at from raw.accounts where account_id is not null"
        )


def columns(connection, table: str) -> list[str]:
    return connection.table(f"raw.{table}").columns


SHIFTS = {"loaded": shift_loaded, "overwritten": shift_overwritten}


# ------------------------------------------------------------------------------------------- tests


def scores_of(connection) -> dict[str, str]:
    """All that readers see of D, and what was measured."""
    marts = ("account_health", "account_scorecards", "account_health_drivers")
    return {
        **{mart: runs.as_csv(connection, f"select * from marts.{mart}") for mart in marts},
        "signals": runs.as_csv(connection, "select * from history.history_signals"),
        "accounts": runs.as_csv(connection, "select * from intermediate.int_account_dates"),
    }


def scored(recording: runs.Recording, file, leaks: dict | None = None) -> dict[str, str]:
    with opened(recording, file) as connection:
        score(connection, recording, D, leaks=leaks)
        return scores_of(connection)


def test_no_past_score_moves_with_the_future(recording: runs.Recording, world: dict) -> None:
    found = scored(recording, world["shifted"])
    assert_same(found, scored(recording, world["as it is"]))
    assert found["account_scorecards"].count("\n") > 150


def test_the_future_did_move(recording: runs.Recording, world: dict) -> None:
    """The shift is one: four weeks later most accounts have another score."""
    later = {}
    for name in ("as it is", "shifted"):
        with opened(recording, world[name]) as connection:
            score(connection, recording, day(12))
            later[name] = dict(
                rows(connection, "select account_id, effective_score from marts.account_health")
            )
    common = later["as it is"].keys() & later["shifted"].keys()
    moved = [key for key in common if later["as it is"][key] != later["shifted"][key]]
    assert len(moved) > len(common) / 2


@pytest.mark.parametrize(
    ("world", "leak"),
    [("loaded" if "loaded" in leak else "overwritten", leak) for leak in LEAKS],
    indirect=["world"],
)
def test_a_model_that_reads_the_future_is_found(
    recording: runs.Recording, world: dict, leak: str
) -> None:
    model, before, after = LEAKS[leak]
    leaks = {model: (before, after)}
    as_it_is = scored(recording, world["as it is"], leaks)
    with pytest.raises(AssertionError, match="only here"):
        assert_same(scored(recording, world["shifted"], leaks), as_it_is)


@SLOW
@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("seed", range(2, 12 if IS_LONG else 5))
def test_no_past_score_moves_with_any_future(
    recording: runs.Recording, name: str, seed: int
) -> None:
    with opened(recording) as connection:
        make_world(connection, name)
        score(connection, recording, D, staging=True)
        before = scores_of(connection)
        SHIFTS[name](connection, seed)
        score(connection, recording, D, staging=True)
        assert_same(scores_of(connection), before)

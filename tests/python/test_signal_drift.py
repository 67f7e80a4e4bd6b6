"""Each accident in a feed gets its flag, a quiet month none; the index equals a reference."""

from __future__ import annotations

from collections import Counter
from math import ceil, log
from pathlib import Path

import pytest

import history_runs as runs
from health_score.demo import write_demo
from history_runs import day, opened, rows, score

# A Friday and the one four weeks before: no holiday of the demo, no incident, no turn of a year.
NOW, THEN = day(63), day(91)
SLOW = pytest.mark.slow
TICKETS = {
    "open_tickets", "unresolved_tickets", "tickets_opened_90d", "resolved_tickets_90d",
    "first_response_hours_90d", "resolution_hours_90d", "first_contact_resolution_rate_90d",
    "severe_tickets_90d", "critical_ticket_open_days", "ticket_streak_days", "question_share_90d",
}  # fmt: skip


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> runs.Recording:
    return runs.recorded(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def former(recording: runs.Recording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of 300 accounts in which the earlier day was scored."""
    folder = tmp_path_factory.mktemp("drift")
    write_demo(folder / "demo", accounts=300, events=150_000)
    with opened(recording) as connection:
        for source in sorted((folder / "demo").iterdir()):
            files = source / "*.parquet" if source.is_dir() else source
            connection.execute(f"delete from raw.{source.stem}")
            connection.execute(f"insert into raw.{source.stem} by name from '{files}'")
        score(connection, recording, THEN, staging=True, marts=False)
        return runs.saved(connection, folder / "former" / "warehouse.duckdb")


def scored_now(connection: object, recording: runs.Recording) -> None:
    """One pass over NOW without the ledger of changes, a third of its time."""
    statements = runs.statements_of(recording, [NOW], staging=True)
    beside = ("int_change_", "history_changes", "history_pairs", "account_health")
    runs.run(connection, [pair for pair in statements if not pair[0].startswith(beside)])


def quality_after(recording: runs.Recording, former: Path, *statements: str) -> dict[str, dict]:
    """Signal -> its row of signal_quality four weeks later, after these changes to the raw tables.

    What is flagged must be what the findings say.
    """
    with opened(recording, former) as connection:
        for statement in statements:
            connection.execute(statement)
        scored_now(connection, recording)
        quality = {row["signal"]: row for row in table(connection, "marts.signal_quality")}
        findings = rows(connection, "select finding, severity, subject from marts.findings")
    flags = {
        (row["flag"], row["severity"], name) for name, row in quality.items() if row["flag"]
    }  # fmt: skip
    kinds = {
        "feed stopped", "values missing", "unit changed", "duplicated load", "population changed",
    }  # fmt: skip
    assert {finding for finding in findings if finding[0] in kinds} == flags
    return quality


def table(connection: object, name: str) -> list[dict]:
    cursor = connection.execute(f"select * from {name}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def flags_of(quality: dict[str, dict]) -> dict[str, str]:
    return {name: row["flag"] for name, row in quality.items() if row["flag"]}


# -------------------------------------------------------------------------------------- the causes

# The earlier run has seen these rows; what is edited under its old load time is not seen again.
LOADED_AGAIN = "_loaded_at = _loaded_at + interval 1 second"


def test_a_quiet_month_has_no_flag(recording: runs.Recording, former: Path) -> None:
    quality = quality_after(recording, former)
    assert not flags_of(quality)
    assert {row["from_date"] for row in quality.values()} == {THEN}
    assert sum(row["population_stability_index"] is not None for row in quality.values()) > 40


def test_without_an_earlier_day_only_age_tells(recording: runs.Recording, former: Path) -> None:
    gone = ("history_dates", "history_signals", "history_scores", "history_completed")
    quality = quality_after(
        recording, former, *(f"delete from history.{name}" for name in gone),
        f"delete from raw.support_tickets where _loaded_at >= date '{day(63 + 18)}'",
    )  # fmt: skip
    assert flags_of(quality) == dict.fromkeys(TICKETS, "feed stopped")
    compared = ("from_date", "population_stability_index", "missing_rate_jump", "median_ratio")
    assert all(row[name] is None for row in quality.values() for name in compared)


@pytest.mark.parametrize(("silent_days", "says"), [(20, "14 are allowed"), (50, "stale for 100 %")])
def test_a_feed_that_stopped(
    recording: runs.Recording, former: Path, silent_days: int, says: str
) -> None:
    """First it is late, then its signals expire. What happens is loaded on the day after."""
    silent = f"where _loaded_at >= date '{day(63 + silent_days - 2)}'"
    quality = quality_after(recording, former, f"delete from raw.support_tickets {silent}")
    assert flags_of(quality) == dict.fromkeys(TICKETS, "feed stopped")
    cause = quality["open_tickets"]["probable_cause"]
    assert says in cause and f"newest fact {day(63 + silent_days)}" in cause


def test_a_column_that_arrives_empty(recording: runs.Recording, former: Path) -> None:
    quality = quality_after(
        recording, former, f"update raw.usage_events set duration_seconds = null, {LOADED_AGAIN} "
        f"where occurred_at >= date '{day(63 + 27)}' and md5(account_id) < '8'",
    )  # fmt: skip
    assert flags_of(quality) == {"avg_session_minutes_28d": "values missing"}
    assert "a column probably arrives empty" in quality["avg_session_minutes_28d"]["probable_cause"]


@pytest.mark.parametrize(
    "factor", ["60", *(pytest.param(f, marks=SLOW) for f in ("1000", "0.001"))]
)
def test_a_unit_that_changed(recording: runs.Recording, former: Path, factor: str) -> None:
    quality = quality_after(
        recording, former, "alter table raw.usage_events alter duration_seconds type double",
        f"update raw.usage_events set duration_seconds = duration_seconds * {factor}, "
        f"{LOADED_AGAIN} "
        f"where occurred_at >= date '{day(63 + 27)}'",
    )  # fmt: skip
    assert flags_of(quality) == {"avg_session_minutes_28d": "unit changed"}
    assert 0.8 < float(quality["avg_session_minutes_28d"]["median_ratio"]) / float(factor) < 1.2


def test_a_load_that_came_twice(recording: runs.Recording, former: Path) -> None:
    quality = quality_after(
        recording, former, "insert into raw.usage_events "
        "select * replace ('again-' || event_id as event_id) from raw.usage_events "
        f"where occurred_at >= date '{day(63 + 27)}'",
    )  # fmt: skip
    doubled = ("avg_session_minutes_28d", "logins_28d", "usage_trend")
    assert flags_of(quality) == dict.fromkeys(doubled, "duplicated load")


def test_accounts_that_use_it_less(recording: runs.Recording, former: Path) -> None:
    """The accounts lose three quarters of their sessions: nothing is broken."""
    quality = quality_after(
        recording, former, f"delete from raw.usage_events where occurred_at >= date "
        f"'{day(63 + 27)}' and md5(session_id) < 'c'",
    )  # fmt: skip
    flags = flags_of(quality)
    empty = {name for name, flag in flags.items() if flag != "population changed"}
    assert {flags[name] for name in empty} == {"values missing"}
    # Whoever has no session has no length of it either.
    assert empty == {"avg_session_minutes_28d", "sessions_per_active_day_28d"}
    assert set(flags) - empty >= {"active_days_28d", "logins_28d", "usage_trend"}
    assert "moved down" in quality["logins_28d"]["probable_cause"]


# ------------------------------------------------------------------------------------ the reference

BINS, LEAST_ACCOUNTS, EMPTY = 10, 100, 0.5


def index(then: list, now: list) -> tuple[float, float] | None:
    """Population stability index and moved share by the definition, value by value."""
    if min(len(then), len(now)) < LEAST_ACCOUNTS:
        return None
    ordered, counts = sorted(then), Counter(then)
    if len(counts) <= BINS:
        alone = set(counts)
    else:
        alone = {value for value, count in counts.items() if BINS * count >= 2 * len(then)}
    ends = {ordered[ceil(len(then) * part / BINS) - 1] for part in range(1, BINS)}
    edges = sorted(alone | (ends - {ordered[-1]} if len(counts) > BINS else set()))

    def place(value: object) -> tuple[int, bool]:
        """How many edges are below it, and whether it is an edge that is a bin of its own."""
        return sum(edge < value for edge in edges), value in alone

    before, after = Counter(map(place, then)), Counter(map(place, now))
    # Between the edges come first: (2, True) is the third edge itself, (2, False) what is below it.
    total, beyond, farthest = 0.0, 0.0, 0.0
    for found in sorted(before | after):
        shares = [max(c[found], EMPTY) / n for c, n in ((before, len(then)), (after, len(now)))]
        total += (shares[1] - shares[0]) * log(shares[1] / shares[0])
        beyond += before[found] / len(then) - after[found] / len(now)
        farthest = max(farthest, beyond, key=abs)
    return total, farthest


def test_the_index_equals_a_plain_reference(recording: runs.Recording, former: Path) -> None:
    disturbed = (
        "update raw.survey_responses set score = 1 where md5(response_id) < '8'",
        "update raw.subscriptions set mrr = mrr * 1.5 where md5(account_id) < '5'",
        "delete from raw.usage_events where md5(session_id) < '5'",
    )
    with opened(recording, former) as connection:
        for statement in disturbed:
            connection.execute(statement)
        scored_now(connection, recording)
        measured = {}
        for found, signal, value in rows(
            connection, "select score_date, signal, value from history.history_signals "
            "where state = 'measured'",
        ):  # fmt: skip
            measured.setdefault(signal, {THEN: [], NOW: []})[found].append(value)
        ours = table(connection, "marts.signal_quality")
    compared = 0
    for row in ours:
        values = measured.get(row["signal"], {THEN: [], NOW: []})
        expected = index(values[THEN], values[NOW])
        if expected is None:
            assert row["population_stability_index"] is None, row["signal"]
            continue
        compared += 1
        assert abs(float(row["population_stability_index"]) - expected[0]) < 0.0001, row["signal"]
        assert abs(abs(float(row["moved_share"])) - abs(expected[1])) < 0.0001, row["signal"]
    assert compared > 35

"""The history and its ledger do not depend on the way: order, reruns, late facts, kills, configs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

import history_runs as runs
from history_runs import assert_same, day, history, opened, rows, score, scored_days

IS_LONG = os.environ.get("HEALTH_LONG_TESTS") == "1"
# Neighbours, a week, four weeks, and a lone day further back.
DAYS = (0, 1, 7, 8, 28, 35, 41)
SLOW = pytest.mark.slow


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> runs.Recording:
    return runs.recorded(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def at_once(recording: runs.Recording) -> dict[str, str]:
    """The history after one pass over all of DAYS."""
    with opened(recording) as connection:
        score(connection, recording, *map(day, DAYS))
        return history(connection)


# ------------------------------------------------------------------------------------------ order


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(seed, marks=SLOW) for seed in range(3, 10))]
)
def test_days_in_any_order_and_grouping_end_in_the_same_history(
    recording: runs.Recording, at_once: dict, seed: int
) -> None:
    random = Random(seed)
    days = [*map(day, DAYS)]
    random.shuffle(days)
    with opened(recording) as connection:
        while days:
            size = 1 if seed == 0 else random.randint(1, 4)
            group, days = days[:size], days[size:]
            score(connection, recording, *group, marts=not days)
        assert_same(history(connection), at_once)


def test_a_rerun_changes_nothing(recording: runs.Recording) -> None:
    with opened(recording) as connection:
        score(connection, recording, day(1), marts=False)
        score(connection, recording)
        marts, past = runs.tables(connection, "marts"), history(connection)
        assert scored_days(connection) == [day(0)]
        score(connection, recording)
        assert_same(runs.tables(connection, "marts"), marts)
        assert_same(history(connection), past)


def test_a_day_is_replaced_whole_and_others_stay(recording: runs.Recording) -> None:
    """An account that was erased leaves the days that are scored again, and only those."""
    with opened(recording) as connection:
        score(connection, recording, day(0), day(1), day(8), marts=False)
        account = somebody(connection)
        before = days_of(connection)
        connection.execute(
            "insert into raw.erasure_requests (account_id, requested_at) values (?, ?)",
            [account, day(0)],
        )
        score(connection, recording, day(1), staging=True)
        after = days_of(connection)
        assert after[day(0)] == before[day(0)] and after[day(8)] == before[day(8)]
        assert account in before[day(1)]
        assert account not in after[day(1)]
        assert_gapless(connection)


def somebody(connection) -> str:
    """An account that is scored on every day of the history."""
    query = (
        "select account_id from history.history_scores group by 1 "
        "having count(distinct score_date) = (select count(distinct score_date) "
        "from history.history_scores) order by 1 limit 1"
    )
    return rows(connection, query)[0][0]


def days_of(connection) -> dict:
    """Score date -> all that the history holds of it, as CSV, but the comparisons."""
    days = [found for (found,) in rows(connection, "select score_date from history.history_dates")]
    tables = ("history_scores", "history_signals", "history_priors")
    return {
        found: "\n".join(
            runs.as_csv(
                connection, f"select * from history.{table} where score_date = date '{found}'"
            )
            for table in tables
        )
        for found in days
    }


def assert_gapless(connection) -> None:
    """Every published day is joined to the one before it, and no part is lost."""
    lost = rows(
        connection,
        """
        with dates as (
            select distinct score_date from history.history_dates where is_due = 1
        ),
        wanted as (
            select score_date, lag(score_date) over (order by score_date) as from_date from dates
        ),
        pairs as (
            select * from history.history_pairs where compared_with = 'previous'
        )
        select wanted.*, pairs.from_date
        from wanted full outer join pairs on wanted.score_date = pairs.score_date
        where wanted.from_date is distinct from pairs.from_date
        """,
    )
    assert not lost
    assert_sums(connection)


def assert_sums(connection) -> None:
    """Parts sum to the change in every row, also where a change has no part at all."""
    assert not runs.residuals(connection, "history.history_changes")
    unexplained = rows(
        connection,
        """
        select changes.* from intermediate.int_change_scores as changes
        left join (
            select compared_with, score_date, account_id, scorecard, sum(points) as points
            from history.history_changes group by all
        ) as parts using (compared_with, score_date, account_id, scorecard)
        where status = 'split' and coalesce(points, 0) <> score_after - score_before
        """,
    )
    assert not unexplained


# ------------------------------------------------------------------------------------- late facts


def test_a_fact_loaded_weeks_later_counts_from_then_on(recording: runs.Recording) -> None:
    days = [day(back) for back in (0, 1, 2, 3, 20)]
    with opened(recording) as connection:
        score(connection, recording, *days, marts=False)
        account, before = somebody(connection), days_of(connection)
        add_usage(connection, account, day(20), loaded=f"{day(1)} 12:00:00")
        score(connection, recording, *days, staging=True, marts=False)
        after = days_of(connection)
    moved = {found for found in days if before[found] != after[found]}
    assert moved == {day(0), day(1)}


def test_what_comes_late_without_a_load_time_has_its_days_scored_again(
    recording: runs.Recording,
) -> None:
    """Within the look-back of three days; an older day stays as it is."""
    with opened(recording) as connection:
        score(connection, recording, *map(day, (1, 2, 5)), marts=False)
        score(connection, recording, marts=False)
        assert scored_days(connection) == [day(0)]
        account, before = somebody(connection), days_of(connection)
        add_usage(connection, account, day(1))
        score(connection, recording, staging=True, marts=False)
        assert scored_days(connection) == [day(1), day(0)]
        add_usage(connection, account, day(5))
        score(connection, recording, staging=True, marts=False)
        assert scored_days(connection) == [day(2), day(1), day(0)]
        after = days_of(connection)
        assert after[day(5)] == before[day(5)]
        past = history(connection) if False else runs.tables(connection, "history")
        score(connection, recording, marts=False)
        assert scored_days(connection) == [day(0)]
        assert_same(runs.tables(connection, "history"), past)
    with opened(recording) as fresh:
        score(fresh, recording, day(5), marts=False)
        add_usage(fresh, account, day(1))
        add_usage(fresh, account, day(5))
        score(fresh, recording, *map(day, (0, 1, 2)), staging=True, marts=False)
        assert_same(runs.tables(fresh, "history"), past | not_told(fresh))


def not_told(connection) -> dict:
    """Row counts of days that are past the look-back say when they were scored."""
    name = "history_completed"
    return {name: runs.tables(connection, "history")[name]}


def add_usage(connection, account: str, on: object, *, loaded: str | None = None) -> None:
    """Forty usage events of a new person on a day."""
    connection.execute(
        "insert into raw.usage_events by name select ? || i as event_id, ? as account_id, "
        "'late' as user_id, 's' || i as session_id, 'late' as feature, 'use' as event_name, "
        "cast(? as timestamp) + interval 9 hour as occurred_at, 60 as duration_seconds, "
        "cast(? as timestamp) as _loaded_at from range(40) as numbers (i)",
        [f"late-{on}-", account, str(on), loaded],
    )


def test_a_week_that_the_scheduler_was_down_is_caught_up(recording: runs.Recording) -> None:
    last = [day(back) for back in range(7)]
    with opened(recording) as connection:
        arrived(connection, day(7))
        score(connection, recording, staging=True, marts=False)
        assert scored_days(connection) == [day(7)]
        everything(connection)
        score(connection, recording, staging=True)
        assert scored_days(connection) == sorted(last)
        found = history(connection)
    with opened(recording) as connection:
        score(connection, recording, *last, day(7))
        assert_same(found, history(connection))


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=SLOW) for seed in range(1, 4))])
def test_nights_on_what_had_arrived_equal_one_pass_over_everything(
    recording: runs.Recording, seed: int
) -> None:
    """Point in time: a score of a day never needs what was loaded after it."""
    nights = sorted(Random(seed).sample(range(60), 4), reverse=True)
    with opened(recording) as connection:
        for back in nights:
            arrived(connection, day(back))
            score(connection, recording, day(back), staging=True, marts=back == nights[-1])
        found = history(connection)
    with opened(recording) as connection:
        score(connection, recording, *map(day, nights))
        expected = history(connection)
    assert_same(found, expected)


def arrived(connection, on: object) -> None:
    """Leave in the raw tables what was loaded by the end of the grace after a day."""
    everything(connection)
    for table in raw_tables(connection):
        connection.execute(
            f"create or replace table raw.{table} as select * from complete.{table} "
            f"where _loaded_at is null or _loaded_at <= timestamp '{on}' + interval 60 hour"
        )
    connection.execute(
        f"delete from raw.usage_events where occurred_at >= timestamp '{on}' + interval 48 hour"
    )


def everything(connection) -> None:
    """The raw tables as they are in the end."""
    connection.execute("create schema if not exists complete")
    for table in raw_tables(connection):
        connection.execute(f"create table if not exists complete.{table} as from raw.{table}")
        connection.execute(f"create or replace table raw.{table} as from complete.{table}")


def raw_tables(connection) -> list[str]:
    query = "select table_name from duckdb_tables() where schema_name = 'raw' order by 1"
    return [name for (name,) in rows(connection, query)]

"""The history and its ledger do not depend on the way: order, reruns, late facts, kills."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

import history_runs as runs
import ledger_paths
from history_runs import assert_same, day, history, opened, rows, score, scored_days

IS_LONG = os.environ.get("HEALTH_LONG_TESTS") == "1"
# Neighbours, a week, four weeks, and a lone day further back.
DAYS = (0, 1, 7, 8, 28, 36)
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
    """An erased account leaves every day; else only the day that is scored again moves."""
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
        for other in (day(0), day(8)):
            assert without(before[other], account) == after[other]
        assert all(f"\n{account}," in before[one] for one in (day(0), day(1), day(8)))
        assert f"\n{account}," not in after[day(1)]
        assert_gapless(connection)


def without(text: str, account: str) -> str:
    lines = text.split("\n")
    return "\n".join(line for line in lines if not line.startswith(f"{account},"))


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
        past = runs.tables(connection, "history")
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
    for table in set(raw_tables(connection)) - {"erasure_requests"}:  # they reach into the past
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


# ----------------------------------------------------------------------------------------- ledger


def weigh(connection, **weights: int) -> None:
    """Move weights of dimensions of the scorecard usage_feedback_financial; they sum to 100."""
    assert sum(weights.values()) == 100
    for dimension, weight in weights.items():
        connection.execute(
            "update config.dimension_weights set weight = ? "
            "where scorecard = 'usage_feedback_financial' and dimension = ?",
            [weight, dimension],
        )


def published_weights(connection) -> None:
    weigh(connection, usage=40, feedback=30, financial=30)


def other_weights(connection) -> None:
    weigh(connection, usage=50, feedback=30, financial=20)


def split_under(connection, recording: runs.Recording, former, present, *days) -> None:
    """Score days under the former configuration and compare again, as ./health run does."""
    former(connection)
    score(connection, recording, *days, rescore_only=True, marts=False)
    present(connection)
    score(connection, recording, *days)


@pytest.fixture(scope="module")
def ledger(recording: runs.Recording):
    """A history in which everything happens: see `events_of_the_ledger`."""
    with opened(recording) as connection:
        events_of_the_ledger(connection)
        score(connection, recording, *map(day, (36, 29, 8, 7, 3)), staging=True, marts=False)
        without_pulses = "delete from intermediate.int_fed_columns where table_name = 'csm_pulses'"
        statements = runs.statements_of(recording, [day(2), day(1)], marts=False)
        at = max(n for n, (model, _) in enumerate(statements) if model == "int_fed_columns")
        statements.insert(at + 1, ("int_fed_columns", without_pulses))
        runs.run(connection, statements)
        other_weights(connection)
        score(connection, recording, day(0))
        split_under(connection, recording, published_weights, other_weights, day(0))
        yield connection


def events_of_the_ledger(connection) -> None:
    """An override that starts and ends, a kind of account that changes, a feed that dies."""
    accounts = [
        account
        for (account,) in rows(
            connection, "select distinct account_id from staging.stg_subscriptions order by 1"
        )
    ]
    for number, (kind, value) in enumerate((("set", 33), ("cap", 20), ("floor", 90))):
        connection.execute(
            "insert into raw.score_overrides by name select ? as override_id, ? as account_id, "
            "'health' as scorecard, ? as kind, ? as value, 'test' as reason, 'test' as author, "
            "cast(? as date) as starts_on, cast(? as date) as expires_on",
            [f"test-{number}", accounts[number], kind, value, str(day(3)), str(day(2))],
        )
    for account in accounts:
        connection.execute(
            "insert into raw.account_versions by name select ? as account_id, "
            "cast(? as timestamp) as valid_from, 5000 as employee_count",
            [account, str(day(1))],
        )
    connection.execute(
        "delete from raw.survey_responses where responded_at > cast(? as timestamp)", [str(day(20))]
    )


def test_parts_sum_to_the_change_in_every_row(ledger) -> None:
    assert not runs.residuals(ledger)
    assert_gapless(ledger)
    found = {
        (part, status) for part, status in rows(
            ledger, "select distinct part, status from marts.account_health_changes"
        )
    }  # fmt: skip
    parts = ("behaviour", "cap", "configuration", "coverage", "override", "peers", "profile")
    assert found >= {*((part, "split") for part in parts), ("status", "joined")}
    assert ("status", "not split") not in found
    vanished = rows(
        ledger,
        "select count(*) from marts.account_health_changes where part = 'coverage' "
        "and signal like '%pulse%' and state_after = 'not_applicable'",
    )
    assert vanished[0][0] > 0


def test_a_wrong_part_leaves_a_residual(ledger) -> None:
    """The check of the sums can fail: one part moved by the last decimal is found."""
    ledger.execute("begin")
    ledger.execute(
        "update history.history_changes set points = points + 0.000001 where rowid = "
        "(select min(rowid) from history.history_changes where status = 'split')"
    )
    assert len(runs.residuals(ledger, "history.history_changes")) == 1
    ledger.execute("rollback")


def test_parts_are_those_of_the_path_walked_in_python(ledger) -> None:
    """Every row of one comparison, from the remembered values and rules alone."""
    facts = ledger_paths.facts_of(ledger)
    compared = 0
    for pair in ledger_paths.pairs_of(ledger):
        expected = ledger_paths.parts_of(facts, pair)
        found = ledger_paths.ledger_of(ledger, pair)
        assert found == expected, pair
        compared += len(expected)
    assert compared > 1000


def test_the_worked_example_of_the_ledger(recording: runs.Recording) -> None:
    """change_ledger of the worked examples: behaviour 2, configuration -3, total -1."""
    signals = {
        "active_users_28d": (40, 30),
        "features_used_28d": (30, 30),
        "active_days_28d": (30, 40),
    }

    def weights(number: int):
        def write(connection) -> None:
            for name, of_version in signals.items():
                connection.execute(
                    "update config.signal_rules set weight = ? "
                    "where scorecard = 'adoption' and profile = '*' and signal = ?",
                    [of_version[number], name],
                )

        return write

    with opened(recording) as connection:
        connection.execute("delete from config.signal_rules where scorecard = 'adoption'")
        connection.execute(
            "delete from config.dimension_weights where scorecard = 'adoption' "
            "and (profile <> '*' or dimension <> 'usage')"
        )
        connection.execute(
            "update config.dimension_weights set weight = 100 where scorecard = 'adoption'"
        )
        for name, (weight, _) in signals.items():
            connection.execute(
                "insert into config.signal_rules by name select 'adoption' as scorecard, "
                "'*' as profile, ? as signal, ? as weight, 'linear' as rule, 0 as worst, "
                "10 as best, 'exclude' as missing_policy, 'example' as reason, "
                "date '2026-01-15' as reviewed_on",
                [name, weight],
            )
        connection.execute(
            "insert into raw.accounts by name select 'example' as account_id, "
            "timestamp '2025-01-01' as signed_up_at"
        )
        for back, users, days in ((40, 8, 2), (0, 7, 4)):
            connection.execute(
                "insert into raw.usage_events by name select concat('example-', ?, '-', i) "
                "as event_id, 'example' as account_id, 'u' || (i % ?) as user_id, "
                "'f' || (i % 6) as feature, 'use' as event_name, "
                "cast(? as timestamp) - to_days(cast(i % ? as integer)) as occurred_at "
                "from range(168) as numbers (i)",
                [back, users, str(day(back)), days],
            )
        score(connection, recording, day(40), staging=True, marts=False)
        weights(1)(connection)
        score(connection, recording, day(0), marts=False)
        split_under(connection, recording, weights(0), weights(1), day(0))
        scores = rows(
            connection,
            "select distinct score_before, score_after from marts.account_health_changes "
            "where account_id = 'example' and scorecard = 'adoption' "
            "and compared_with = 'previous'",
        )
        parts = dict(
            rows(
                connection,
                "select part, sum(points) from marts.account_health_changes "
                "where account_id = 'example' and scorecard = 'adoption' "
                "and compared_with = 'previous' group by part",
            )
        )
    assert scores == [(56, 55)]
    assert parts == {"behaviour": 2, "configuration": -3}


# -------------------------------------------------------------------------------- configurations


def test_a_change_of_configuration_is_not_split_until_both_are_known(
    recording: runs.Recording,
) -> None:
    """Plain dbt scores under the new weights alone: it says so, and claims nothing."""
    query = (
        "select distinct status from marts.account_health_changes where from_config_version <> "
        "config_version and scorecard = 'usage_feedback_financial' and status <> 'joined'"
    )
    with opened(recording) as connection:
        score(connection, recording, day(1), marts=False)
        other_weights(connection)
        score(connection, recording, day(0))
        assert rows(connection, query) == [("not split",)]
        said = rows(
            connection,
            "select count(*), count(points) from marts.account_health_changes "
            "where status = 'not split'",
        )
        assert said[0][0] > 0 and said[0][1] == 0
        split_under(connection, recording, published_weights, other_weights, day(0))
        assert rows(connection, query) == [("split",)]
        assert_gapless(connection)
        flags = rows(
            connection,
            "select score_date, sum(is_as_published), sum(is_current_config), count(*) from "
            "(select distinct score_date, config_version, is_as_published, is_current_config "
            "from marts.account_health_history) group by 1 order by 1",
        )
        assert flags == [(day(1), 1, 0, 1), (day(0), 1, 1, 2)]


def test_trends_compare_under_the_configuration_of_today(recording: runs.Recording) -> None:
    """Snapshots of former weights are scored again beside the published ones."""
    with opened(recording) as connection:
        score(connection, recording, *map(day, (28, 21, 14, 7)), marts=False)
        published = runs.as_csv(connection, "select * from history.history_scores")
        other_weights(connection)
        connection.execute(
            "update config.scorecards set is_primary = case when scorecard = "
            "'usage_feedback_financial' then 1 else 0 end"
        )
        score(connection, recording, day(0))
        due = rows(connection, "select * from intermediate.int_score_dates order by 1")
        assert due == [(day(28), 0), (day(7), 0), (day(0), 1)]
        wrong = rows(
            connection,
            """
            with scores as (
                select * from history.history_scores join intermediate.int_config_version
                using (config_version) where scorecard = 'usage_feedback_financial'
            )
            select account_id, change_7d, change_28d
            from marts.account_health as health
            left join scores as week on week.account_id = health.account_id
                and week.score_date = health.score_date - 7
            left join scores as month on month.account_id = health.account_id
                and month.score_date = health.score_date - 28
            where change_7d is distinct from health.effective_score - week.effective_score
                or change_28d is distinct from health.effective_score - month.effective_score
            """.replace("select account_id, ", "select health.account_id, "),
        )
        assert not wrong
        counted = rows(
            connection,
            "select count(change_7d) > 0, count(change_28d) > 0, count(change_90d), "
            "count(slope_90d), count(trend) from marts.account_health",
        )
        assert counted == [(True, True, 0, 0, 0)]
        former = rows(
            connection,
            "select min(config_version) from history.history_dates where score_date = ?",
            day(14),
        )[0][0]
        kept = f"select * from history.history_scores where config_version = '{former}'"
        assert runs.as_csv(connection, kept) == published


def test_trends_are_empty_without_history(recording: runs.Recording) -> None:
    with opened(recording) as connection:
        score(connection, recording, day(0))
        found = rows(
            connection,
            "select count(*) > 0, count(change_7d), count(change_28d), count(change_90d), "
            "count(slope_90d), count(trend) from marts.account_health",
        )
        assert found == [(True, 0, 0, 0, 0, 0)]


# ------------------------------------------------------------------------------------ interruption


KILLED = """
import pickle, sys
import history_runs as runs
import ledger_paths
with open(sys.argv[2], "rb") as file:
    statements = pickle.load(file)
with runs.connected(sys.argv[1]) as connection:
    runs.run(connection, statements, said=lambda: print("done", flush=True))
"""


@pytest.mark.parametrize(
    "seed", [*range(2), *(pytest.param(seed, marks=SLOW) for seed in range(2, 10))]
)
def test_a_pass_that_was_killed_is_made_good_by_the_next(
    recording: runs.Recording, at_once: dict, tmp_path: Path, seed: int
) -> None:
    """SIGKILL between any two statements, also within a model: the days are scored anew."""
    days = [*map(day, DAYS)]
    with opened(recording) as connection:
        score(connection, recording, *days[3:], marts=False)
        file = runs.saved(connection, tmp_path / "warehouse.duckdb")
    statements = runs.statements_of(recording, days[:3])
    (tmp_path / "statements").write_bytes(pickle.dumps(statements))
    moment = Random(seed).randrange(len(statements) // 3, len(statements))
    command = [sys.executable, "-c", KILLED, str(file), str(tmp_path / "statements")]
    paths = os.pathsep.join((str(Path(__file__).parent), str(runs.ROOT / "scripts")))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}
    ) as process:
        for _ in range(moment):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    with opened(recording, file) as connection:
        score(connection, recording, *days[:3])
        assert_same(history(connection), at_once)

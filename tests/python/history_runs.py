"""Many passes over the history of one small demo, in seconds, and what came of them.

dbt runs the whole project once, and the history once more, while every statement of every model is
written down. A pass is then those statements again, each model in its own transaction as dbt has
it, over other score dates, other raw rows or another configuration in a copy of the database. What
it leaves out, data tests, seeds and hooks before a run, the runs of the real command cover.
"""

from __future__ import annotations

import csv
import functools
import io
import os
import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest import mock

import duckdb

from health_score import inputs, project
from health_score.demo import write_demo

ROOT = Path(__file__).resolve().parents[2]
LAST_DAY = date(2026, 1, 30)  # the last complete day of the demo
NOBODYS_DAY = "1999-09-09"
WRITES = ("alter", "create", "delete", "drop", "insert")
HISTORY = (
    "history_changes", "history_completed", "history_config_cells", "history_dates",
    "history_dimensions",
    "history_pairs", "history_priors", "history_rules", "history_scores", "history_signals",
    "history_tiers", "history_uses",
)  # fmt: skip
OF_THE_RUN = ("scored_at", "known_until", "in_use_since")
# First and last day as literals (macro on_days): a pass of other days has others, and the join
# with the same days stands beside them.
DAYS_OF_THE_RUN = re.compile(
    r"and \w+ >= cast\('[\d-]+' as timestamp\)\s+and \w+ < cast\('[\d-]+' as timestamp\)"
)
# What neither the history nor any part of it reads.
BESIDE = (
    "int_alert", "int_former_alert",
    "int_audit_gate", "int_config_errors", "int_config_findings", "int_drivers", "int_findings",
    "int_drift_findings", "int_input_findings", "int_input_rows", "int_override_findings",
    "int_rejected_rows", "int_segment_health", "int_signal_drift", "int_signal_quality",
    "int_drift_findings", "int_input_findings", "int_input_rows", "int_rejected_rows",
    "int_segment_health", "int_signal_drift", "int_signal_quality",
    "int_account_lifecycle", "int_expansion_opportunities", "int_lifecycle_steps",
    "int_plan_prices", "int_score_moves", "int_signal_medians", "int_signal_moves", "int_worklist",
)  # fmt: skip
RESIDUALS = """
    select changes.*, coalesce(points, 0) - (score_after - score_before) as residual
    from (
        select compared_with, account_id, scorecard, score_date, score_before, score_after,
            sum(points) as points
        from {relation} where status = 'split' group by all
    ) as changes
"""


# What a run adds to, instead of making it anew, and what decides how much is due.
ADDED_TO = (
    "path:models/history", "path:models/staging/usage", "int_usage_window_days",
    "int_usage_user_days", "int_usage_session_days", "int_usage_feature_days",
    "int_usage_covered_days",
)  # fmt: skip


@dataclass(frozen=True)
class Recording:
    """A warehouse that dbt built once, its raw tables inside; statements of a pass by model."""

    file: Path
    models: dict[str, list[str]]
    staging: frozenset[str]
    marts: frozenset[str]
    demo: Path


def day(back: int) -> date:
    """The day so many days before the last complete one."""
    return LAST_DAY - timedelta(days=back)


@functools.cache
def small_demo(base: Path) -> Path:
    """A folder with a tiny demo, below `base`: 40 accounts, 8,000 events."""
    folder = base / "history-demo"
    write_demo(folder, accounts=40, events=8_000)
    return folder


# ------------------------------------------------------------------------------------------ record


@functools.cache
def recorded(base: Path) -> Recording:
    """Runs of dbt on the tiny demo, below `base`, of nobody's day; leave the file as it is."""
    demo = small_demo(base)
    opened = project.Project(ROOT, base / "history-build", base, project.declared_variables(ROOT))
    found = inputs.discover(ROOT, demo, None)
    variables = {"input_dir": str(demo), "inputs": found.inputs}
    with written_down() as statements, asked(NOBODYS_DAY):
        done = build(opened, variables)
        first = len(statements)
        # Made new, then added to: only the second run shows how history and roll-ups are kept up.
        again = build(opened, variables, "--select", *ADDED_TO)
    added_to = {result.node.name for result in again.results}
    models, of_schema = {}, {"staging": set(), "marts": set()}
    for result in done.results:
        if result.node.resource_type == "model":
            of_schema.setdefault(result.node.schema, set()).add(result.node.name)
    for number, sql in enumerate(statements):
        node = re.search(r'"node_id": "model\.customer_health\.(\w+)"', sql)
        body = DAYS_OF_THE_RUN.sub("", sql.split("*/", 1)[-1].strip())
        if node and body.split(None, 1)[0].lower() in WRITES:
            kept = models.setdefault(node[1], [])  # in the order of the first run
            if number >= first or node[1] not in added_to | of_schema["history"]:
                kept += repeatable(body)
    file = base / "recorded" / "warehouse.duckdb"
    file.parent.mkdir()
    shutil.copyfile(opened.warehouse, file)
    with duckdb.connect(str(file)) as connection:
        for (table,) in connection.execute(
            "select view_name from duckdb_views() where schema_name = 'raw'"
        ).fetchall():
            connection.execute(f"create table raw.new_{table} as select * from raw.{table}")
            connection.execute(f"drop view raw.{table}")
            connection.execute(f"alter table raw.new_{table} rename to {table}")
    return Recording(
        file, models, frozenset(of_schema["staging"]), frozenset(of_schema["marts"]), demo
    )


def repeatable(sql: str) -> list[str]:
    """A statement of a first run as it also goes when what it makes is there already."""
    renamed = re.match(r"alter (table|view) (.*)__dbt_tmp\" rename to ", sql)
    return [f'drop {renamed[1]} if exists {renamed[2]}"', sql] if renamed else [sql]


def build(opened: project.Project, variables: dict, *arguments: str) -> project.Outcome:
    """All seeds and models, no tests; a failure is an AssertionError."""
    left_out = ("--exclude-resource-type", "unit_test", "test", "exposure")
    done = project.dbt(opened, ["build", *left_out, "--threads", "1", *arguments], variables)
    bad = [f"{r.node.name}: {r.message}" for r in done.results if r.status != "success"]
    assert not bad, "\n".join(bad)
    return done


@contextmanager
def asked(*days: object, **variables: str):
    """The environment of a dbt run over these days."""
    wanted = {"HEALTH_SCORE_DATES": ",".join(map(str, days)), "HEALTH_RESCORE_ONLY": ""}
    with mock.patch.dict(os.environ, {**wanted, **variables}):
        yield


@contextmanager
def written_down():
    """The statements that dbt sends to DuckDB, in order."""
    from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

    statements, execute = [], DuckDBCursorWrapper.execute

    def execute_and_note(self, sql, bindings=None):
        statements.append(sql)
        return execute(self, sql, bindings)

    with mock.patch.object(DuckDBCursorWrapper, "execute", execute_and_note):
        yield statements


# ---------------------------------------------------------------------------------------- warehouse


@contextmanager
def opened(recording: Recording, from_file: Path | None = None):
    """A connection to a copy of the warehouse in memory, without history unless `from_file`."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'; attach ':memory:' as warehouse")
        connection.execute(f"attach '{from_file or recording.file}' as original (read_only)")
        connection.execute("copy from database original to warehouse")
        connection.execute("detach original; use warehouse")
        if from_file is None:
            for table in HISTORY:
                connection.execute(f"delete from history.{table}")
        yield connection


@contextmanager
def connected(file: Path):
    """A connection to a file, named as dbt names it."""
    with duckdb.connect(str(file), config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def saved(connection: duckdb.DuckDBPyConnection, file: Path) -> Path:
    """The database of `opened` as a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"attach '{file}' as saved")
    connection.execute("copy from database warehouse to saved")
    connection.execute("detach saved")
    return file


def statements_of(
    recording: Recording,
    days: Iterable[object] = (),
    *,
    staging: bool = False,
    marts: bool = True,
    rescore_only: bool = False,
    leaks: dict[str, tuple[str, str]] | None = None,
) -> list[tuple[str, str]]:
    """(model, SQL) of one pass over these days, or over those that are due."""
    left_out = (set() if staging else recording.staging) | (set() if marts else recording.marts)
    if not marts:
        left_out |= {name for name in recording.models if name.startswith(BESIDE)}
    wanted = [
        "select cast('" + str(day) + "' as date) as score_date union all"
        for day in sorted(set(map(str, days)))
    ]
    dates = f"select cast('{NOBODYS_DAY}' as date) as score_date union all"
    changes = {
        "int_score_dates": [
            (re.escape(dates).replace(r"\ union", r"\s+union"), " ".join(wanted)),
            (r"max\(is_due\) \* 1 ", f"max(is_due) * {0 if rescore_only else 1} "),
        ],
        "history_dates": [(r"'\d{4}-\d\d-\d\d [\d:.]+'", f"'{next_second()}'")],
        "base_usage_rolled_days": [(r"'\d{8}T\d+Z'", f"'{next_second()}'")],
    }
    for model, change in (leaks or {}).items():
        changes.setdefault(model, []).append(change)
    return [
        (model, changed(model, sql, changes.get(model, [])))
        for model, statements in recording.models.items()
        if model not in left_out
        for sql in statements
    ]


def changed(model: str, sql: str, changes: list[tuple[str, str]]) -> str:
    """The statement that holds the model's query, with each pattern replaced where it must be."""
    if not re.search(r"^with\b", sql, re.MULTILINE):
        return sql
    for pattern, replacement in changes:
        sql, count = re.subn(pattern, lambda _, new=replacement: new, sql, flags=re.DOTALL)
        assert count == 1, f"{model} has {count} times {pattern}"
    return sql


def next_second() -> str:
    """A later time at each call: when a pass ran."""
    next_second.count += 1
    return str(datetime(2026, 2, 1) + timedelta(seconds=next_second.count))


next_second.count = 0


def score(connection: duckdb.DuckDBPyConnection, recording: Recording, *days, **options) -> None:
    """One pass over these days, or, without any, over those that are due."""
    run(connection, statements_of(recording, days, **options))


def run(
    connection: duckdb.DuckDBPyConnection,
    statements: list[tuple[str, str]],
    said: Callable = lambda: None,
) -> None:
    """Each model in its own transaction, as dbt does it; `said` hears of every statement."""
    former = None
    for model, sql in [*statements, (None, None)]:
        if model != former:
            if former is not None:
                connection.execute("commit")
            if model is not None:
                connection.execute("begin")
            former = model
        if sql is not None:
            temporary = re.match(r"\s*create temporary table\s+(\S+)", sql)
            if temporary:
                connection.execute(f"drop table if exists temp.{temporary[1]}")
            connection.execute(sql)
            said()


# ------------------------------------------------------------------------------------------ results


def as_csv(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """Columns and rows of a query as ordered CSV, but what names the run; NULL is no empty text."""
    relation = connection.sql(f"from ({query}) order by all")
    kept = [name for name in relation.columns if name not in OF_THE_RUN]
    cursor = connection.execute(f"select {', '.join(kept)} from ({query}) order by all")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(kept)
    writer.writerows([["NULL" if c is None else c for c in row] for row in cursor.fetchall()])
    return text.getvalue()


def tables(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, str]:
    """Table -> ordered CSV of a schema; the mart that names the run is left out."""
    names = connection.execute(
        "select table_name from duckdb_tables() where schema_name = ? order by 1", [schema]
    ).fetchall()
    return {
        name: as_csv(connection, f"select * from {schema}.{name}")
        for (name,) in names
        if name != "publication"
    }


def history(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What must not depend on the way: the history, and the marts that show it."""
    marts = {
        "account_health_history": "select * from marts.account_health_history",
        "account_health_changes": "select * from marts.account_health_changes",
        # Its score date is that of the run.
        "scorecard_versions": "select * exclude (score_date) from marts.scorecard_versions",
    }
    shown = {name: as_csv(connection, query) for name, query in marts.items()}
    return {**tables(connection, "history"), **shown}


def assert_same(ours: dict[str, str], theirs: dict[str, str]) -> None:
    """Every table equal; else the first lines that differ."""
    assert sorted(ours) == sorted(theirs)
    lines = []
    for name, text in ours.items():
        if text != theirs[name]:
            mine, other = set(text.splitlines()), set(theirs[name].splitlines())
            lines.append(f"{name}: {len(mine - other)} only here, {len(other - mine)} only there")
            lines += [f"  here  {line}" for line in sorted(mine - other)[:3]]
            lines += [f"  there {line}" for line in sorted(other - mine)[:3]]
    assert not lines, "\n".join(lines[:40])


def rows(connection: duckdb.DuckDBPyConnection, query: str, *parameters: object) -> list[tuple]:
    return connection.execute(query, list(parameters)).fetchall()


def scored_days(connection: duckdb.DuckDBPyConnection) -> list[date]:
    """The days of the last pass."""
    query = "select score_date from intermediate.int_score_dates order by 1"
    return [found for (found,) in rows(connection, query)]


def residuals(
    connection: duckdb.DuckDBPyConnection, relation: str = "marts.account_health_changes"
) -> list[tuple]:
    """Changes whose parts do not sum to them; pairs that did not move have no rows."""
    return rows(connection, RESIDUALS.format(relation=relation) + "where residual <> 0")

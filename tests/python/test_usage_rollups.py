"""Roll-ups of usage that are added to by day equal those made at once, whatever has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

import project_runs as runs
from health_score import inputs

pytestmark = pytest.mark.dbt

DAY = "2026-01-30"
TABLES = {
    "staging": (
        "base_usage_deliveries", "base_usage_events", "stg_usage_days", "stg_feature_days",
        "base_usage_rolled_days",
    ),
    "intermediate": (
        "int_usage_user_days", "int_usage_session_days", "int_usage_feature_days",
        "int_usage_covered_days", "int_input_rows", "int_rejected_rows", "int_usage_signals",
        "int_adoption_signals", "int_session_signals",
    ),
}  # fmt: skip
# Names the run, which is another one.
OF_THE_RUN = "rolled_in"
SELECTED = [f"+{name}" for name in (*TABLES["intermediate"], "base_usage_rolled_keys")]
# What a night may bring, as statements about the tables of the input (raw.<table>).
NEWS = {
    "nothing": "",
    "a new day": "insert into usage_events by name select * from kept.usage_events "
    "where _loaded_at >= timestamp '2026-01-30'",
    "late rows": "insert into usage_events by name select * replace "
    "(event_id || '-late' as event_id, timestamp '2026-01-30 04:00:00' as _loaded_at) "
    "from kept.usage_events where occurred_at between timestamp '2025-06-01' "
    "and timestamp '2025-06-03' or occurred_at between '2026-01-10' and '2026-01-11'",
    "copies of old rows": "insert into usage_events by name select * replace "
    "(timestamp '2026-01-30 04:00:00' as _loaded_at) from kept.usage_events "
    "where occurred_at between timestamp '2026-01-12' and timestamp '2026-01-14'",
    "rows without a time": "insert into usage_events by name select * replace "
    "(null as occurred_at, event_id || '-x' as event_id) from kept.usage_events limit 3",
    "rows taken back": "delete from usage_events where cast(occurred_at as date) in "
    "(date '2025-03-03', date '2026-01-15')",
    "an account that came after its events": "insert into accounts by name "
    "select * from kept.accounts where account_id = (select min(account_id) from kept.accounts)",
    "an account that is gone": "delete from accounts "
    "where account_id = (select max(account_id) from kept.accounts)",
    "an erased user": "insert into erasure_requests by name select null as account_id, user_id, "
    "timestamp '2026-01-29' as requested_at, timestamp '2026-01-29' as _loaded_at "
    "from (select user_id, count(*) from usage_events where user_id is not null "
    "and occurred_at >= timestamp '2026-01-10' group by user_id order by 2 desc, 1 limit 2)",
    "an erased account": "insert into erasure_requests by name "
    "select (select mode(account_id) from usage_events semi join accounts using (account_id)) "
    "as account_id, timestamp '2026-01-29' as requested_at, timestamp '2026-01-29' as _loaded_at",
}  # fmt: skip
# The others are slow tests.
QUICK = {"late rows", "an erased account"}


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="module")
def source(base) -> duckdb.DuckDBPyConnection:
    """The small demo as tables in memory: schema kept as delivered, main as the input is."""
    connection = duckdb.connect()
    connection.execute("create schema kept")
    for table, files in runs.tables_of(runs.demo(base)).items():
        connection.execute(f"create table kept.{table} as select * from read_parquet('{files}')")
        connection.execute(f"create table {table} as select * from kept.{table}")
    connection.execute("delete from usage_events where _loaded_at >= timestamp '2026-01-30'")
    connection.execute(
        "delete from accounts where account_id = (select min(account_id) from kept.accounts)"
    )
    return connection


@pytest.fixture(scope="module")
def first(base, source, tmp_path_factory) -> runs.Copy:
    """A copy of the project that has built the usage of the input before the news."""
    copy = runs.copy_tree(tmp_path_factory.mktemp("rollups"))
    build(copy, source)
    return copy


def build(copy: runs.Copy, source: duckdb.DuckDBPyConnection) -> None:
    """Write the tables of `source` into the copy's input, and build what rolls up usage."""
    folder = copy.root / "input"
    folder.mkdir(exist_ok=True)
    for (table,) in source.execute(
        "select table_name from information_schema.tables where table_schema = 'main'"
    ).fetchall():
        source.execute(f"copy {table} to '{folder / table}.parquet' (format parquet)")
    variables = {"input_dir": "input", "inputs": inputs.discover(copy.root, folder, None).inputs}
    variables["as_of"] = DAY
    left_out = ("--exclude-resource-type", "test", "unit_test")
    arguments = ("build", "--select", *SELECTED, "resource_type:seed", *left_out)
    done = runs.build(copy, *arguments, variables=variables)
    assert not runs.failed(done)


def contents(file: Path) -> dict[str, list]:
    """Each table as sorted rows."""
    found = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        for schema, names in TABLES.items():
            for name in names:
                described = connection.execute(f"describe {schema}.{name}").fetchall()
                columns = [column for column, *_ in described if column != OF_THE_RUN]
                found[name] = connection.execute(
                    f"select {', '.join(columns)} from {schema}.{name} order by all"
                ).fetchall()
    return found


def due_days(file: Path) -> int:
    return runs.rows(file, "select count(*) from staging.base_usage_due_days")[0][0]


@pytest.mark.parametrize(
    "news",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in NEWS],
)
def test_days_that_are_added_equal_all_made_at_once(first, source, tmp_path, news):
    night = runs.twin(first, tmp_path / "night")
    whole = runs.copy_tree(tmp_path / "whole")
    source.execute("begin")
    try:
        if NEWS[news]:
            source.execute(NEWS[news])
        build(night, source)
        build(whole, source)
    finally:
        source.execute("rollback")
    ours, theirs = contents(night.warehouse), contents(whole.warehouse)
    for name, rows in theirs.items():
        assert ours[name] == rows, name
    changed = contents(first.warehouse)["stg_usage_days"] != ours["stg_usage_days"]
    assert changed == (
        news not in ("nothing", "copies of old rows", "rows without a time", "an erased user")
    )
    assert due_days(night.warehouse) < due_days(whole.warehouse)
    assert (due_days(night.warehouse) == 0) == (news == "nothing")
    shutil.rmtree(tmp_path)

"""Publication on a warehouse, where ./health switches no link: views that are made in one step.

DuckDB stands for the warehouse; its DDL is transactional, as the macro wants it.
"""

from __future__ import annotations

import json
import subprocess
import sys

import duckdb
import pytest

from project_runs import demo, marts, rows, scored_demo, twin

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """A build in marts_1 beside the tables of the ordinary build, published by nobody yet."""
    base = tmp_path_factory.mktemp("warehouse")
    copy = twin(scored_demo(base), base / "twin")
    data = json.dumps({"input_dir": str(demo(base))})
    code, told = dbt(copy, "marts_1", "run", "--select", "marts", "--vars", data)
    assert code == 0, told
    return copy


def dbt(copy, schema, *arguments):
    """(exit code, all that was said in one line) of dbt, as who has no ./health for a target."""
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *arguments],
        cwd=copy.root,
        env={**copy.environment, "HEALTH_MARTS_SCHEMA": schema},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, " ".join(done.stdout.split())


def published(copy, schema):
    return dbt(copy, schema, "run-operation", "publish_marts")


def change(copy, *statements):
    with duckdb.connect(str(copy.warehouse)) as connection:
        for statement in statements:
            connection.execute(statement)


def next_build(copy, schema, day):
    """A build of another day, in a schema of its own, as far as readers could tell."""
    names = tables(copy, "marts_1", "BASE TABLE")
    change(
        copy,
        f"create schema {schema}",
        *(f"create table {schema}.{name} as select * from marts_1.{name}" for name in names),
        f"update {schema}.publication set score_date = date '{day}'",
    )


def tables(copy, schema, kind):
    found = rows(
        copy.warehouse,
        "select table_name from information_schema.tables where table_schema = ? "
        "and table_type = ? order by table_name",
        (schema, kind),
    )
    return [name for (name,) in found]


def seen(copy):
    """The score date that readers of the schema marts see."""
    ((day,),) = rows(copy.warehouse, "select score_date from marts.publication")
    return str(day)


def schemas(copy):
    return [
        name
        for (name,) in rows(
            copy.warehouse,
            "select schema_name from information_schema.schemata "
            "where catalog_name = current_database() and schema_name like 'marts%' order by all",
        )
    ]


def test_marts_are_shown_together_and_another_build_can_be_gone_back_to(warehouse):
    copy = warehouse
    ordinary = marts(copy.warehouse)
    code, told = published(copy, "marts_1")
    assert code == 1
    assert "In the schema marts account_health, " in told
    assert "Drop them once; readers keep them until then" in told
    assert marts(copy.warehouse) == ordinary
    before = seen(copy)

    change(copy, "drop schema marts cascade")
    code, told = published(copy, "marts_1")
    assert (code, "Readers of the schema marts now have marts_1, 26 marts." in told) == (0, True)
    assert marts(copy.warehouse) == ordinary
    assert len(tables(copy, "marts", "VIEW")) == len(ordinary) + 1
    assert not tables(copy, "marts", "BASE TABLE")

    next_build(copy, "marts_2", "2026-02-06")
    assert seen(copy) == before, "a build alone shows nothing"
    assert published(copy, "marts_2")[0] == 0
    assert seen(copy) == "2026-02-06"
    assert published(copy, "marts_1")[0] == 0
    assert seen(copy) == before

    next_build(copy, "marts_3", "2026-02-07")
    change(copy, "drop table marts_3.findings")
    code, told = published(copy, "marts_3")
    assert code == 1
    assert "marts_3 lacks findings; readers keep what they have" in told
    assert seen(copy) == before

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEALTH_KEEP_VERSIONS", "2")
        assert published(copy, "marts_2")[0] == 0
    assert schemas(copy) == ["marts", "marts_2", "marts_3"]
    assert seen(copy) == "2026-02-06"


def test_the_schema_must_be_one_that_was_built(warehouse):
    code, told = published(warehouse, "marts")
    assert code == 1
    assert "HEALTH_MARTS_SCHEMA is 'marts'. Name the schema" in told

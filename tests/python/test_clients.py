"""BI clients on the published file: an engine that sees each new version, and DuckDB 1.5."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import NullPool, QueuePool, create_engine, inspect, text

import project_runs as runs
from engines import fetched
from health_score import publish
from project_runs import Copy

pytestmark = pytest.mark.dbt

DOC = Path(__file__).resolve().parents[2] / "docs/bi.md"
VERSION = text("select version from marts.publication")
BANDS = "select band, count(*) as accounts from marts.account_health group by band order by 1"


@pytest.fixture
def story(tmp_path_factory, tmp_path):
    """A published project that may be published again."""
    return runs.twin(runs.scored_demo(tmp_path_factory.getbasetemp()), tmp_path / "twin")


def publish_as(copy: Copy, version: str) -> None:
    """Publish the built marts once more, under the name of a later version."""
    with duckdb.connect(str(copy.warehouse)) as connection:
        connection.execute("update marts.publication set version = ?", [version])
    publish.publish(copy.warehouse, copy.serve)


def engine_on(copy: Copy, **options: object):
    return create_engine(f"duckdb:///{copy.published}", connect_args={"read_only": True}, **options)


def versions_seen(copy: Copy, engine, query=VERSION) -> list[str]:
    """What an engine that was opened once sees, before and after each of two publications."""
    seen = []
    for version in (None, "29990101T000000Z", "29990102T000000Z"):
        if version:
            publish_as(copy, version)
        with engine.connect() as connection:
            seen.append(connection.execute(query).scalar_one())
    return seen


def test_an_engine_without_a_pool_sees_each_publication_at_its_next_query(story):
    first = runs.publication(story)[1]
    seen = versions_seen(story, engine_on(story, poolclass=NullPool))
    assert seen == [first, "29990101T000000Z", "29990102T000000Z"]
    assert "poolclass=NullPool" in DOC.read_text(encoding="utf-8")


def test_a_pooled_connection_to_the_file_keeps_the_version_that_it_opened(story):
    """Why docs/bi.md names the setting; when this fails, the setting is not needed any more."""
    first = runs.publication(story)[1]
    assert versions_seen(story, engine_on(story, poolclass=QueuePool)) == [first] * 3


def test_a_pooled_connection_sees_each_publication_through_the_parquet_files(story):
    first = runs.publication(story)[1]
    engine = create_engine("duckdb:///:memory:", poolclass=QueuePool, pool_size=1)
    query = text(f"select version from '{story.serve}/current/parquet/publication.parquet'")
    seen = versions_seen(story, engine, query)
    assert seen == [first, "29990101T000000Z", "29990102T000000Z"]


def test_sqlalchemy_lists_marts_and_columns_and_its_answers_are_those_of_the_marts(story):
    engine = engine_on(story, poolclass=NullPool)
    found = inspect(engine)
    assert set(found.get_table_names(schema="marts")) == {*story.marts, runs.OF_THE_RUN}
    columns = [column["name"] for column in found.get_columns("account_health", schema="marts")]
    assert columns == story.marts["account_health"].splitlines()[0].split(",")
    with engine.connect() as connection:
        answer = [tuple(row) for row in connection.execute(text(BANDS))]
    assert answer == runs.rows(story.published, BANDS)
    assert len(answer) > 1


@pytest.mark.slow
def test_the_command_line_of_duckdb_1_5_gives_the_same_answer(story, tmp_path):
    program = fetched("duckdb-cli==1.5.6", tmp_path / "cli") / "duckdb_cli/duckdb"
    query = f"select version() as engine, * from ({BANDS})"
    done = subprocess.run(
        [program, "-readonly", "-json", story.published, query],
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout)
    assert {row["engine"] for row in answer} == {"v1.5.6"}
    found = [(row["band"], row["accounts"]) for row in answer]
    assert found == runs.rows(story.published, BANDS)

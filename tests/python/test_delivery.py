"""What is around a publication, without dbt: versions to go back to, the table of runs, status."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from health_score import cli, publish, runs, status
from health_score.exits import BUSY, CRASH, FAILED_AUDIT, OK, UNWELL, USAGE, Problem
from health_score.project import Project, is_held, one_at_a_time, open_project
from health_score.terminal import console

ROOT = Path(__file__).resolve().parents[2]
DAYS = {"v1": "2026-01-28", "v2": "2026-01-29", "v3": "2026-01-30"}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose readers have nothing yet."""
    monkeypatch.setenv("HEALTH_BUILD_DIR", str(tmp_path / "build"))
    monkeypatch.setenv("HEALTH_SERVE_DIR", str(tmp_path / "serve"))
    (tmp_path / "build").mkdir()
    return open_project()


def published(project: Project, *versions: str) -> None:
    """Publish hand-made marts of these versions, one after the other."""
    for version in versions:
        project.warehouse.unlink(missing_ok=True)
        with duckdb.connect(str(project.warehouse)) as connection:
            connection.execute("create schema marts")
            connection.execute(
                f"create table marts.publication as select '{version}' as version, "
                f"date '{DAYS[version]}' as score_date, null::timestamp as published_at, "
                "'c0ffee' as config_version, 2 as account_count"
            )
            connection.execute(
                "create table marts.input_rows as select * from (values "
                "('users', 'contract', 7, 1, date '2026-01-20'), "
                "('invoices', 'contract', 5, 0, date '2026-01-31'), "
                "('accounts', 'contract', 4, 4, null), ('csm_pulses', 'contract', 0, 0, null)"
                ") as delivered (table_name, connector, raw_rows, rejected_rows, newest_on)"
            )
        publish.publish(project.warehouse, project.serve, keep=project.keep)


def version_seen(project: Project) -> str:
    with duckdb.connect(str(project.published), read_only=True) as reader:
        return reader.execute("select version from marts.publication").fetchone()[0]


def health(*arguments: str) -> tuple[int, str]:
    """Exit code of a verb, and all that it printed, in one line."""
    done = CliRunner().invoke(cli.app, list(arguments))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, " ".join(done.output.split())


# ---------------------------------------------------------------------------------------- versions


def test_a_version_says_when_it_was_published_and_the_built_one_does_not(project):
    published(project, "v1")
    query = "select published_at is null from {}.marts.publication"
    with duckdb.connect() as connection:
        for name, file in (("built", project.warehouse), ("seen", project.published)):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        assert connection.execute(query.format("built")).fetchone() == (True,)
        assert connection.execute(query.format("seen")).fetchone() == (False,)
        parquet = project.serve / "current/parquet/publication.parquet"
        of_file = connection.execute(f"select published_at from '{parquet}'").fetchone()
        of_table = connection.execute("select published_at from seen.marts.publication").fetchone()
        assert of_file == of_table


def test_a_publication_in_the_layout_of_before_is_taken_over(project):
    """serve/health.duckdb used to lead to the version itself."""
    published(project, "v1")
    (project.serve / "current").unlink()
    project.published.unlink()
    project.published.symlink_to("versions/v1/health.duckdb")
    assert publish.current_version(project.serve) == "v1"
    published(project, "v2")
    assert version_seen(project) == publish.current_version(project.serve) == "v2"
    assert os.readlink(project.published) == "current/health.duckdb"


def test_rollback_gives_readers_the_version_before_and_a_later_run_publishes_on_top(project):
    published(project, "v1", "v2")
    code, said = health("rollback")
    assert code == OK and "now have the version v1: scores of 2026-01-28." in said
    assert version_seen(project) == "v1"
    published(project, "v3")
    assert version_seen(project) == "v3"
    assert health("rollback")[0] == OK
    assert version_seen(project) == "v2", "the version that was rolled back is kept"


def test_rollback_goes_to_a_version_by_its_beginning_also_forward(project):
    published(project, "v1", "v2", "v3")
    assert health("rollback", "--to", "v1")[0] == OK
    assert version_seen(project) == "v1"
    assert health("rollback", "--to", "v3")[0] == OK
    assert version_seen(project) == "v3"
    code, said = health("rollback", "--to", "v3")
    assert code == OK and "already" in said


def test_rollback_that_cannot_be_says_why_and_changes_nothing(project):
    code, said = health("rollback")
    assert code == USAGE and "Nothing is published yet." in said
    published(project, "v1")
    assert "No version before v1 is kept." in health("rollback")[1]
    published(project, "v2")
    code, said = health("rollback", "--to", "v")
    assert code == USAGE and "2 versions begin with v. Kept are: v2, v1." in said
    assert "No version is called w" in health("rollback", "--to", "w")[1]
    assert version_seen(project) == "v2"


def test_a_damaged_version_is_not_given_to_readers(project):
    published(project, "v1", "v2")
    file = project.serve / "versions/v1/health.duckdb"
    file.chmod(0o644)
    file.write_bytes(b"no database")
    code, said = health("rollback")
    assert code == CRASH and "cannot be read" in said
    assert version_seen(project) == "v2"
    assert "cannot be read" in health("rollback", "--list")[1]


def test_the_list_names_versions_newest_first_and_marks_that_of_readers(project):
    published(project, "v1", "v2")
    health("rollback")
    code, said = health("rollback", "--list")
    assert code == OK
    assert said.index("v2 2026-01-29") < said.index("v1 2026-01-28")
    assert said.endswith("c0ffee now")


def test_as_many_versions_are_kept_as_the_environment_or_the_option_says(project, monkeypatch):
    monkeypatch.setenv("HEALTH_KEEP_VERSIONS", "2")
    published(open_project(), "v1", "v2", "v3")
    assert [path.name for path in publish.kept_versions(project.serve)] == ["v2", "v3"]
    assert open_project(keep=7).keep == 7
    monkeypatch.setenv("HEALTH_KEEP_VERSIONS", "0")
    code, said = health("status")
    assert code == USAGE and "HEALTH_KEEP_VERSIONS is '0'" in said


# ---------------------------------------------------------------------------- one writer, leftovers


@contextmanager
def another_process_holding(folder: Path):
    """Another process holds the lock of a folder."""
    code = (
        "import sys; from pathlib import Path; from health_score.project import one_at_a_time\n"
        "with one_at_a_time(Path(sys.argv[1]), 'run'): print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("folder", ["build", "serve"])
def test_one_writer_at_a_time_also_with_another_build_folder(project, folder):
    published(project, "v1", "v2")
    with another_process_holding(getattr(project, folder)) as process:
        code, said = health("rollback")
        assert code == BUSY and f"(process {process.pid})" in said
        assert version_seen(project) == "v2"
    assert health("rollback")[0] == OK


def test_to_look_whether_a_lock_is_held_blocks_nobody(project):
    assert not is_held(project.serve)
    with one_at_a_time(project.serve, "run"):
        pass
    assert not is_held(project.serve)
    with another_process_holding(project.serve):
        assert is_held(project.serve)
    with one_at_a_time(project.serve, "run"):
        pass


def test_what_a_killed_run_left_is_removed_at_the_next_start(project):
    published(project, "v1")
    left = [project.build / "warehouse.duckdb.tmp", project.serve / "versions/.unfinished-v2"]
    for folder in left:
        folder.mkdir()
        (folder / "part").write_text("half")
    with runs.writing(console(), project, "run"):
        assert not any(folder.exists() for folder in left)
    assert version_seen(project) == "v1"


# ---------------------------------------------------------------------------------------- the runs


def ended_as(project: Project, how: Exception | None) -> dict:
    try:
        with runs.writing(console(), project, "run"):
            if how is not None:
                raise how
            published(project, "v1")
    except (Problem, KeyboardInterrupt, ZeroDivisionError):
        pass
    return runs.latest(project, 1)[0]


def facts_of(run: dict) -> tuple:
    return run["outcome"], run["exit_code"], run["message"], run["version"]


def test_every_end_of_a_run_is_written_down(project):
    ends = [
        (Problem(FAILED_AUDIT, "Rows."), ("failed", FAILED_AUDIT, "Rows.", None)),
        (KeyboardInterrupt(), ("interrupted", 130, None, None)),
        (ZeroDivisionError("by 0"), ("crashed", CRASH, "ZeroDivisionError", None)),
        (None, ("done", OK, None, "v1")),
    ]
    for how, expected in ends:
        assert facts_of(ended_as(project, how)) == expected
    assert [run["run_id"] for run in runs.latest(project, 9)] == [4, 3, 2, 1]
    assert all(run["started_at"] < run["ended_at"] for run in runs.latest(project, 9))


def test_a_run_is_at_work_while_it_holds_the_lock_and_killed_when_nobody_does(project):
    with runs.writing(console(), project, "run"):
        assert facts_of(runs.latest(project, 1)[0]) == ("at work", None, None, None)
    with sqlite3.connect(project.serve / runs.FILE) as table:
        table.execute("update runs set outcome = 'at work', exit_code = null, ended_at = null")
    assert facts_of(runs.latest(project, 1)[0]) == ("killed", None, None, None)
    ended_as(project, None)
    assert [run["outcome"] for run in runs.latest(project, 9)] == ["done", "killed"]


def test_a_refused_run_is_not_written_down(project):
    with another_process_holding(project.build):
        assert health("run", "--input", "nowhere")[0] == BUSY
    assert runs.latest(project, 9) == []


def test_the_table_keeps_the_newest_runs(project, monkeypatch):
    monkeypatch.setattr(runs, "KEPT", 3)
    for _ in range(5):
        ended_as(project, KeyboardInterrupt())
    assert [run["run_id"] for run in runs.latest(project, 9)] == [5, 4, 3]


def test_a_table_that_cannot_be_used_is_named(project):
    project.serve.mkdir()
    (project.serve / runs.FILE).write_text("no table at all, and long enough to be read as one")
    with pytest.raises(Problem, match="runs.sqlite cannot be used: file is not a database") as told:
        ended_as(project, None)
    assert told.value.code == CRASH


# ------------------------------------------------------------------------------------------ status


def test_status_tells_version_freshness_and_the_next_due_date(project):
    ended_as(project, None)
    found = status.facts(project, date(2026, 2, 3))
    assert found["current"]["version"] == "v1"
    assert found["current"]["score_date"] == date(2026, 1, 28)
    assert [(row["table_name"], row["days_behind"]) for row in found["sources"]] == [
        ("accounts", None), ("invoices", 0), ("users", 8),
    ]  # fmt: skip
    assert found["next_due"] == {
        "score_date": date(2026, 1, 29), "due_on": date(2026, 1, 31), "days_late": 3,
    }  # fmt: skip
    assert status.facts(project, date(2026, 1, 31))["next_due"]["days_late"] == 0
    assert found["last_run"]["outcome"] == "done"
    assert found["attention"] == [] and not found["is_at_work"]


def test_scores_that_are_late_ask_for_attention_only_where_a_limit_is_given(project):
    ended_as(project, None)
    day = date(2026, 2, 3)
    assert status.facts(project, day, late_after=3)["attention"] == []
    (sentence,) = status.facts(project, day, late_after=2)["attention"]
    assert sentence.startswith("The scores of 2026-01-29 are due since 2026-01-31, 3 days ago.")


def test_status_for_programs_ends_with_a_code_and_parses(project):
    ended_as(project, None)
    done = CliRunner().invoke(cli.app, ["status", "--json"])
    assert done.exit_code == OK
    found = json.loads(done.stdout)
    assert found["current"]["score_date"] == "2026-01-28"
    assert found["runs"][0] == found["last_run"]
    ended_as(project, Problem(FAILED_AUDIT, "Rows."))
    done = CliRunner().invoke(cli.app, ["status", "--json"])
    assert done.exit_code == UNWELL
    assert json.loads(done.stdout)["attention"] == ["The last run failed with exit code 5. Rows."]


def test_status_before_the_first_run_and_after_a_kill(project):
    code, said = health("status")
    assert code == UNWELL and "Nothing is published yet." in said
    ended_as(project, None)
    assert health("status")[0] == OK
    with sqlite3.connect(project.serve / runs.FILE) as table:
        table.execute("update runs set outcome = 'at work'")
    code, said = health("status")
    assert code == UNWELL and "The last run was killed." in said


def test_a_rollback_does_not_hide_that_the_last_run_failed(project):
    published(project, "v1", "v2")
    ended_as(project, Problem(FAILED_AUDIT, "Rows."))
    assert health("rollback")[0] == OK
    assert health("status")[0] == UNWELL


def test_status_reads_while_a_run_is_at_work(project):
    ended_as(project, None)
    with runs.writing(console(), project, "run"):
        code, said = health("status")
    assert code == OK and "at work" in said
    ended_as(project, Problem(FAILED_AUDIT, "Rows."))
    with runs.writing(console(), project, "run"):
        assert health("status")[0] == UNWELL, "until a run has ended well"

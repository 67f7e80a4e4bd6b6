"""History through the real commands: backfill, run, explain --since, versions, replay, compare."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from unittest import mock

import duckdb
import pytest
from typer.testing import CliRunner

import history_runs as runs
from health_score import cli, exits, project
from history_runs import assert_same, day, history, opened, rows, score

IS_LONG = os.environ.get("HEALTH_LONG_TESTS") == "1"
PARTS = ("dbt_project.yml", "profiles.yml", "macros", "models", "scripts", "seeds", "tests/generic")
WEEKS = [day(back) for back in (28, 21, 14, 7, 0)]
DAILY_DAYS = 10
FILL = ("--from", WEEKS[0], "--to", WEEKS[-1], "--every", "week")


@dataclass(frozen=True)
class Copy:
    """A copy of the project with its own build and serve folder, and its input."""

    root: Path
    demo: Path

    @property
    def build(self) -> Path:
        return self.root.parent / "build"

    @property
    def serve(self) -> Path:
        return self.root.parent / "serve"

    @property
    def environment(self) -> dict[str, str]:
        """Folders of the copy; what a pass over other days tests, test_faults and CI test too."""
        return {
            "HEALTH_BUILD_DIR": str(self.build),
            "HEALTH_SERVE_DIR": str(self.serve),
            "DBT_EXCLUDE_RESOURCE_TYPES": "test unit_test",
            "PYTHONPATH": str(self.root / "scripts"),
        }


def copied(folder: Path, demo: Path) -> Copy:
    for part in PARTS:
        source, target = runs.ROOT / part, folder / "project" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return Copy(folder / "project", demo)


def health(copy: Copy, *arguments: object, code: int = exits.OK) -> str:
    """A verb of ./health on the copy, in this process; what it printed, in one line."""
    found = functools.partial(project.open_project, copy.root)
    here = os.getcwd()
    os.chdir(copy.root)
    try:
        with (
            mock.patch.object(project, "open_project", found),
            mock.patch.dict(os.environ, copy.environment),
        ):
            done = CliRunner().invoke(cli.app, [str(argument) for argument in arguments])
    finally:
        os.chdir(here)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    text = " ".join(done.output.split())
    assert done.exit_code == code, text
    return text


@contextmanager
def built(copy: Copy):
    with duckdb.connect(str(copy.build / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


def published_bytes(copy: Copy) -> tuple[str, str]:
    """What readers see: the link, and the SHA-256 of the file behind it."""
    file = copy.serve / "health.duckdb"
    return os.readlink(file), hashlib.sha256(file.read_bytes()).hexdigest()


def move_weights(folder: Path) -> None:
    """Ten points from usage to feedback on the primary scorecard, for every kind of account."""
    path = folder / "dimension_weights.csv"
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        if line["scorecard"] == "health" and line["dimension"] in ("usage", "feedback"):
            change = -10 if line["dimension"] == "usage" else 10
            line["weight"] = str(int(line["weight"]) + change)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return runs.small_demo(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> runs.Recording:
    return runs.recorded(tmp_path_factory.getbasetemp())


# ------------------------------------------------------------------------------- plain dbt, no runs


PLAIN = {"input_dir": "", "daily_history_days": DAILY_DAYS}


def dbt(file: Path, *arguments: str, variables: dict = PLAIN) -> object:
    """A dbt command of the project as it is, on a DuckDB file with its input; dbt's result.

    With the same variables dbt parses once.
    """
    from dbt.cli.main import dbtRunner

    target = file.parents[1] / "plain-dbt"
    command = [
        *arguments,
        *("--project-dir", str(runs.ROOT), "--profiles-dir", str(runs.ROOT)),
        *("--target-path", str(target), "--log-path", str(target), "--log-level", "none"),
        *("--quiet", "--vars", json.dumps(variables)),
    ]
    with project.working_in(runs.ROOT, file.parent):
        done = dbtRunner().invoke(command)
    project.close_connections()
    return done


def test_a_plain_full_refresh_of_history_is_refused(
    recording: runs.Recording, tmp_path: Path
) -> None:
    with opened(recording) as connection:
        score(connection, recording, day(0), marts=False)
        file = runs.saved(connection, tmp_path / "warehouse.duckdb")
        before = runs.tables(connection, "history")
    done = dbt(file, "run", "--select", "path:models/history", "--full-refresh")
    assert not done.success
    assert "--full-refresh would throw" in str(done.exception)
    assert "rebuild_history: true" in str(done.exception)
    with runs.connected(file) as connection:
        assert_same(runs.tables(connection, "history"), before)


@pytest.mark.slow
def test_thinning_keeps_weeks_trends_and_a_ledger_without_gaps(
    recording: runs.Recording, tmp_path: Path
) -> None:
    """What is left is the history of somebody who never scored the days that are gone."""
    days = [day(28), *map(day, range(20, -1, -1))]
    with opened(recording) as connection:
        score(connection, recording, *days)
        before = runs.tables(connection, "marts")
        file = runs.saved(connection, tmp_path / "warehouse.duckdb")
    done = dbt(file, "run", "--select", "int_completed_dates")
    assert done.success, done.exception
    with opened(recording, file) as connection:
        score(connection, recording)
        found, after = history(connection), runs.tables(connection, "marts")
        assert not runs.residuals(connection)
    sundays = [one for one in days if day(20) < one <= day(10) and one.isoweekday() == 7]
    kept = [day(28), *sundays, *map(day, range(DAILY_DAYS - 1, -1, -1))]
    trends = ("account_id", "change_7d", "change_28d")
    assert columns_of(after, trends) == columns_of(before, trends)
    with opened(recording) as connection:
        score(connection, recording, *kept)
        assert_same(found, history(connection))


def columns_of(marts: dict[str, str], names: tuple[str, ...]) -> list[tuple]:
    lines = csv.DictReader(marts["account_health"].splitlines())
    return [tuple(line[name] for name in names) for line in lines]


# --------------------------------------------------------------------------------------- real runs


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> Copy:
    """Five weeks by ./health backfill; leave it as it is."""
    copy = copied(tmp_path_factory.mktemp("filled"), demo)
    text = health(copy, "backfill", *FILL, "--input", demo)
    assert "5 days added" in text
    return copy


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory, filled: Copy) -> tuple[Copy, dict, dict]:
    """The same, run again as it is and under other weights; what was printed, and the versions."""
    folder = tmp_path_factory.mktemp("lived")
    for part in ("project", "build", "serve"):
        shutil.copytree(filled.root.parent / part, folder / part, symlinks=True)
    copy, said = Copy(folder / "project", filled.demo), {}
    with built(copy) as connection:
        before = runs.tables(connection, "marts")
    said["nothing new"] = health(copy, "run", "--input", copy.demo)
    with built(copy) as connection:
        assert_same(runs.tables(connection, "marts"), before)
        former = rows(connection, "select config_version from intermediate.int_config_version")
    move_weights(copy.root / "seeds/config")
    said["other weights"] = health(copy, "run", "--input", copy.demo)
    return copy, said, {"former": former[0][0]}


@pytest.mark.slow
def test_a_backfill_by_command_equals_passes_of_the_tests(
    recording: runs.Recording, filled: Copy
) -> None:
    """What the fast passes of these tests do is what dbt does; alerts are judged at the end."""
    with opened(recording) as connection:
        score(connection, recording, *WEEKS)
        expected = history(connection)
    with built(filled) as connection:
        found = history(connection)
    for name in ("history_alerts", "history_alert_dates"):
        assert found.pop(name).count("\n") > 1, f"{name} has no row below its header"
    assert_same(found, {name: expected[name] for name in found})
    assert "Nothing to do" in health(filled, "backfill", *FILL, "--input", filled.demo)
    # As if it had died after its last day and before its publication.
    (filled.serve / "health.duckdb").unlink()
    assert "0 days added" in health(filled, "backfill", *FILL, "--input", filled.demo)
    assert (filled.serve / "health.duckdb").exists()


@pytest.mark.slow
def test_a_run_with_nothing_new_says_so(lived: tuple) -> None:
    assert "Nothing new: every day in the data was scored before" in lived[1]["nothing new"]


@pytest.mark.slow
def test_a_run_splits_a_change_of_weights(lived: tuple) -> None:
    copy, said, versions = lived
    # The newest day is there under both already, so nothing had to be scored for it.
    assert f"Scored again under another configuration or model: {day(0)}" in said["other weights"]
    assert versions["former"] not in said["other weights"]
    with built(copy) as connection:
        assert not runs.residuals(connection)
        found = dict(
            rows(
                connection,
                "select status, count(*) from marts.account_health_changes "
                f"where score_date = date '{day(0)}' group by 1",
            )
        )
        assert "not split" not in found and found["split"] > 0
        moved = rows(
            connection,
            "select count(*) from marts.account_health_changes where part = 'configuration' "
            f"and scorecard = 'health' and score_date = date '{day(0)}'",
        )
        assert moved[0][0] > 0
        flags = rows(
            connection,
            "select score_date, sum(is_as_published), sum(is_current_config) from "
            "marts.account_health_history group by score_date, account_id, scorecard "
            "having sum(is_as_published) <> 1 or sum(is_current_config) > 1",
        )
        assert not flags


@pytest.mark.slow
def test_a_night_under_other_weights_is_split_by_a_pass_under_the_former(
    tmp_path: Path, filled: Copy
) -> None:
    copy = copied(tmp_path, filled.demo)
    health(copy, "run", "--input", copy.demo, "--as-of", day(7))
    with built(copy) as connection:
        ((former,),) = rows(
            connection, "select config_version from intermediate.int_config_version"
        )
    move_weights(copy.root / "seeds/config")
    text = health(copy, "run", "--input", copy.demo, "--as-of", day(0))
    assert f"Scoring 1 day under the former configuration {former}" in text
    with built(copy) as connection:
        assert not runs.residuals(connection)
        statuses = {status for (status,) in rows(
            connection, "select distinct status from marts.account_health_changes"
        )}  # fmt: skip
        published = rows(
            connection,
            "select distinct score_date, config_version = ? from marts.account_health_history "
            "where is_as_published = 1 order by 1",
            former,
        )
    assert "split" in statuses and "not split" not in statuses
    assert published == [(day(7), True), (day(0), False)]


@pytest.mark.slow
def test_a_history_thrown_away_is_made_again_under_the_versions_then_in_force(
    tmp_path: Path, filled: Copy
) -> None:
    copy = copied(tmp_path, filled.demo)
    night = ("run", "--input", copy.demo, "--as-of")
    health(copy, *night, day(14))
    move_weights(copy.root / "seeds/config")
    health(copy, *night, day(7))
    health(copy, *night, day(0))
    with built(copy) as connection:
        before = rows(connection, PUBLISHED)
        versions = rows(connection, VERSIONS)
    assert len({config for *_, config in before}) == 2
    variables = history_of(copy) | {"rebuild_history": True}
    done = dbt(
        copy.build / "warehouse.duckdb",
        *("run", "--full-refresh", "--select", "path:models/history"),
        variables=variables,
    )
    assert done.success, done.exception
    fill = ("backfill", "--from", day(14), "--to", day(0), "--every", "week")
    assert "3 days added" in health(copy, *fill, "--rebuild", "--input", copy.demo)
    with built(copy) as connection:
        assert rows(connection, PUBLISHED) == before
        assert rows(connection, VERSIONS) == versions
        assert not runs.residuals(connection)


PUBLISHED = """
    select account_id, scorecard, score_date, score, effective_score, band, config_version
    from marts.account_health_history where is_as_published = 1 order by all
"""
VERSIONS = """
    select config_version, first_used_on, last_used_on, in_use_since
    from marts.scorecard_versions order by all
"""


def history_of(copy: Copy) -> dict:
    """The dbt vars of the input that the copy was built from."""
    return json.loads((copy.build / "input.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_explain_since_sums_to_the_change(lived: tuple) -> None:
    copy, *_ = lived
    query = (
        "select account_id, scorecard, min(effective_score) filter (score_date = ?), "
        "min(effective_score) filter (score_date = ?) from marts.account_health_history "
        "where is_as_published = 1 and is_primary = 1 group by all order by 1"
    )
    with built(copy) as connection:
        accounts = rows(connection, query, WEEKS[0], WEEKS[-1])
    told = 0
    for account, _, before, after in accounts[:8]:
        if before is None or after is None or before == after:
            continue
        text = health(copy, "explain", account, "--since", WEEKS[0])
        direction = "up" if after > before else "down"
        assert f"{direction} " in text and f"since {WEEKS[0]}" in text
        first = text[text.index(f"since {WEEKS[0]}: ") :].split(" Part ")[0]
        assert re.search(r"[-+−]\d+\.\d\d( \(\S.* to \S.*\))?(,|$)", first), first
        assert "The parts sum to the change" in text and "NOT to the change" not in text
        said = re.search(r"The parts sum to the change, ([-+−]?[\d.]+)\.", text)[1]
        assert abs(Decimal(said.replace("−", "-")) - (after - before)) <= Decimal("0.06")
        told += 1
    assert told > 3
    text = health(copy, "explain", accounts[0][0], "--since", day(300), code=exits.USAGE)
    assert f"does not reach back to {day(300)}" in text


@pytest.mark.slow
def test_an_old_configuration_can_be_exported_and_run_again(lived: tuple, tmp_path: Path) -> None:
    """Replay equals the history of the same configuration and day; the publication stays."""
    copy, _, versions = lived
    folder = tmp_path / "old"
    health(copy, "versions", "--export", versions["former"], "--to", folder)
    before = published_bytes(copy)
    for _ in range(2):  # the second time dbt remembers a folder that is gone
        health(copy, "replay", "--config", folder, "--as-of", day(0))
    assert published_bytes(copy) == before
    query = (
        "select account_id, scorecard, profile, score, effective_score, band from {} "
        "where score_date = ? {} order by all"
    )
    with built(copy) as connection:
        of_version = f"and config_version = '{versions['former']}'"
        remembered = rows(connection, query.format("history.history_scores", of_version), day(0))
    file = copy.build / "replay" / "warehouse.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        found = rows(connection, query.format("marts.account_scorecards", ""), day(0))
        version = rows(connection, "select config_version from marts.publication")
    assert found == remembered and len(found) > 100
    assert version == [(versions["former"],)]


@pytest.mark.slow
def test_compare_lists_movers_and_nothing_when_nothing_changes(
    lived: tuple, tmp_path: Path
) -> None:
    copy, _, versions = lived
    present = copy.root / "seeds/config"
    page = tmp_path / "compare.md"
    before = published_bytes(copy)
    text = health(copy, "compare", "--config", present)
    assert "score every account the same" in text and "0 of " in text
    text = health(copy, "compare", "--config", versions["former"], "--markdown", page)
    moved, total = map(int, re.search(r"(\d+) of (\d+) accounts move", text).groups())
    assert 0 < moved <= total
    written = page.read_text(encoding="utf-8")
    assert "| Account | Profile | Before | After |" in written and "### Movers up" in written
    changed = re.findall(r"\| dimension_weights \| ([-+]) \| health, \*, (\w+), (\d+) \|", written)
    weights = {(sign, dimension): int(weight) for sign, dimension, weight in changed}
    assert weights["+", "usage"] == weights["-", "usage"] + 10
    assert weights["+", "feedback"] == weights["-", "feedback"] - 10
    assert re.search(r"\| adoption \| 0 \| 0 \| - \|", written)
    assert published_bytes(copy) == before


@pytest.mark.slow
def test_a_backfill_that_was_killed_goes_on_and_ends_the_same(filled: Copy, tmp_path: Path) -> None:
    copy = copied(tmp_path, filled.demo)
    chance = random.Random(3)
    command = [
        sys.executable, "-m", "health_score.cli", "backfill", *map(str, FILL),
        *("--input", str(copy.demo)),
    ]  # fmt: skip
    for _ in range(10 if IS_LONG else 2):
        with subprocess.Popen(
            command, cwd=copy.root, env={**os.environ, **copy.environment},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            time.sleep(chance.uniform(8, 30))
            process.send_signal(signal.SIGKILL)
    health(copy, "backfill", *FILL, "--input", copy.demo)
    with built(copy) as ours, built(filled) as theirs:
        assert_same(history(ours), history(theirs))

"""kill -9 at random moments of the whole run, while two readers on two DuckDB versions poll.

Eight kills; fifty with HEALTH_LONG_TESTS=1. What was seen is printed (pytest -s).
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

import pytest

import project_runs as runs
from engines import path_with
from health_score import exits
from project_runs import Copy

KILLS = 50 if os.environ.get("HEALTH_LONG_TESTS") else 8
SEED = 20260131
# A reader opens the published file anew, reads every value of every mart, and writes a line.
READER = """
import json, sys, time
import duckdb

file, rows = sys.argv[1], "select count(*), sum(hash(published)) from marts.{} as published"
while True:
    seen = {"engine": duckdb.__version__}
    try:
        with duckdb.connect(file, read_only=True) as connection:
            names = connection.execute(
                "select table_name from information_schema.tables "
                "where table_schema = 'marts' order by 1").fetchall()
            seen["marts"] = {
                name: str(connection.execute(rows.format(name)).fetchone()) for (name,) in names
            }
            ((seen["version"], day),) = connection.execute(
                "select version, score_date from marts.publication").fetchall()
            days = connection.execute("select distinct score_date from marts.account_health")
            seen["days_agree"] = days.fetchall() == [(day,)]
    except Exception as error:
        seen["error"] = f"{type(error).__name__}: {error}"
    print(json.dumps(seen), flush=True)
    time.sleep(0.2)
"""


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return tmp_path_factory.getbasetemp()


@pytest.fixture
def story(base, tmp_path):
    return runs.twin(runs.scored_demo(base), tmp_path / "twin")


@contextmanager
def polling(file: Path, log: Path, **environment: str):
    """A reader that polls the published file and writes what it saw into `log`."""
    with log.open("w", encoding="utf-8") as lines:
        process = subprocess.Popen(
            runs.python(READER, file), stdout=lines, env={**os.environ, **environment}
        )
        try:
            yield
            assert process.poll() is None, "the reader died"
        finally:
            process.kill()
            process.wait()


def seen_by(log: Path) -> list[dict]:
    """The lines of a reader but for one that the end cut off."""
    text = log.read_text(encoding="utf-8")
    return [json.loads(line) for line in text[: text.rfind("\n")].splitlines()]


def begun_run(copy: Copy, demo: Path) -> subprocess.Popen:
    """A run in a process group of its own, silent."""
    return subprocess.Popen(
        [sys.executable, "-m", "health_score.cli", "run", "--input", str(demo)],
        cwd=copy.root,
        env=copy.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def killed_after(copy: Copy, demo: Path, pause: float) -> bool:
    """Begin a run and kill its process group after so many seconds; whether it still lived."""
    process = begun_run(copy, demo)
    time.sleep(pause)
    is_alive = process.poll() is None
    if is_alive:
        os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    assert code == (-signal.SIGKILL if is_alive else exits.OK)
    return is_alive


def torn(reads: list[dict], expected: set[str]) -> list[str]:
    """Versions that lacked a mart, mixed two days, or were not the same at each read."""
    states = defaultdict(set)
    for seen in reads:
        states[seen["engine"], seen["version"]].add(json.dumps(seen["marts"], sort_keys=True))
    different = [f"{key}: {len(found)} states" for key, found in states.items() if len(found) > 1]
    lacking = {
        f"{seen['version']}: {sorted(expected ^ set(seen['marts']))}"
        for seen in reads
        if set(seen["marts"]) != expected
    }
    mixed = {f"{seen['version']}: two days" for seen in reads if not seen["days_agree"]}
    return sorted({*different, *lacking, *mixed})


WHOLE = {"engine": "2.0.0", "version": "v1", "marts": {"a": "1", "b": "2"}, "days_agree": True}


@pytest.mark.parametrize(
    "change", [{"marts": {"a": "1"}}, {"marts": {"a": "1", "b": "3"}}, {"days_agree": False}]
)
def test_a_torn_version_is_found(change):
    other = {**WHOLE, "engine": "1.5.6", "marts": {"a": "x", "b": "y"}}
    assert not torn([WHOLE, WHOLE, other], {"a", "b"}), "hashes of two engines may differ"
    assert torn([WHOLE, {**WHOLE, **change}], {"a", "b"})


@pytest.mark.dbt
@pytest.mark.slow
def test_readers_of_two_engines_see_whole_versions_while_runs_are_killed(
    story, base, other_engine, tmp_path
):
    demo, expected = runs.demo(base), set(story.marts) | {runs.OF_THE_RUN}
    chance, logs = random.Random(SEED), [tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"]
    kills = ended = 0
    with (
        polling(story.published, logs[0]),
        polling(story.published, logs[1], **path_with(other_engine)),
    ):
        began = time.monotonic()
        assert begun_run(story, demo).wait() == exits.OK
        whole = time.monotonic() - began
        while kills < KILLS:
            if killed_after(story, demo, chance.uniform(0, whole)):
                kills += 1
            else:
                ended += 1
        last = runs.publication(story)[1]
        healed = begun_run(story, demo).wait()
        time.sleep(2)
    reads = [seen for log in logs for seen in seen_by(log)]
    errors = [seen["error"] for seen in reads if "error" in seen]
    whole_reads = [seen for seen in reads if "error" not in seen]
    engines = {seen["engine"].split(".")[0] for seen in reads}
    per_engine = {e: sum(s["engine"].startswith(e + ".") for s in reads) for e in sorted(engines)}
    versions = {seen["version"] for seen in whole_reads}
    print(
        f"\nkills {kills}, runs that ended first {ended}, a run takes {whole:.0f} s, "
        f"reads per engine {per_engine}, errors {len(errors)}, "
        f"torn {len(torn(whole_reads, expected))}, versions seen {len(versions)}, seed {SEED}"
    )
    assert engines == {"1", "2"}
    assert min(per_engine.values()) > kills
    assert not errors, errors[:3]
    assert not torn(whole_reads, expected)
    assert healed == exits.OK
    after = runs.publication(story)[1]
    assert after != last
    assert after in versions
    assert not [*(story.serve / "versions").glob(".*"), *story.serve.glob(".new*")]
    runs.assert_same_marts(runs.marts(story.published), story.marts)
    with sqlite3.connect(story.serve / "runs.sqlite") as table:
        outcomes = [how for (how,) in table.execute("select outcome from runs order by run_id")]
    assert outcomes[-1] == "done"
    # A run that died before it had begun is not in the table.
    assert set(outcomes) == {"done", "killed"}
    assert outcomes.count("killed") <= kills

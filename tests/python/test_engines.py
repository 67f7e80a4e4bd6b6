"""The same input on DuckDB 1.5 and 2.0: equal marts, and each opens the file of the other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import project_runs as runs
from engines import OTHER, path_with
from project_runs import Copy

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

READ = """
import json, sys
import duckdb
import project_runs as runs
print(json.dumps([duckdb.__version__, runs.marts(sys.argv[1])]))
"""


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return tmp_path_factory.getbasetemp()


def run_on(engine: Path, copy: Copy, *command: str) -> str:
    """Run Python with another DuckDB and the copy's scripts; what it printed."""
    paths = path_with(engine, copy.root / "scripts", copy.root / "tests/python")
    done = subprocess.run(
        [sys.executable, *command],
        cwd=copy.root,
        env={**copy.environment, **paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def scored_by_other(other_engine, base, tmp_path_factory):
    """The small demo scored by the other DuckDB."""
    copy = runs.copy_tree(tmp_path_factory.mktemp("other"))
    demo = str(runs.demo(base))
    run_on(other_engine, copy, "-m", "health_score.cli", "run", "--input", demo)
    return copy


def test_both_engines_give_the_same_marts(scored_by_other, base):
    """Read here from a file that the other engine wrote."""
    runs.assert_same_marts(runs.marts(scored_by_other.published), runs.scored_demo(base).marts)


def test_the_other_engine_opens_what_this_one_wrote(other_engine, scored_by_other, base):
    file = str(runs.scored_demo(base).published)
    version, marts = json.loads(run_on(other_engine, scored_by_other, "-c", READ, file))
    assert version == OTHER != duckdb.__version__
    runs.assert_same_marts(marts, runs.scored_demo(base).marts)


def test_each_goes_on_with_the_build_file_of_the_other(other_engine, base, tmp_path):
    """An upgrade, and the way back: the next run finds the last engine's warehouse."""
    copy = runs.twin(runs.scored_demo(base), tmp_path / "twin")
    demo = runs.demo(base)
    run_on(other_engine, copy, "-m", "health_score.cli", "run", "--input", str(demo))
    runs.assert_same_marts(runs.marts(copy.published), copy.marts)
    done = runs.health(copy, "run", "--input", demo)
    assert done.code == 0, done.output
    runs.assert_same_marts(runs.marts(copy.published), copy.marts)

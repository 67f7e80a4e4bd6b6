"""The examples for schedulers: each is parsed by the reader of its format, and its commands run.

They run on a false ./health, which writes down its arguments; those are then read by the real
command line. Airflow and Dagster are not installed: false modules stand for them.
"""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from configparser import ConfigParser
from datetime import datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest import mock

import pytest
import typer
import yaml
from cronsim import CronSim

from health_score import cli

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs/examples"
HOME, INPUT = "/opt/customer-health", "/srv/health-input"
NIGHTLY = [["run", "--input", INPUT], ["notify"]]
HEALTH = """#!/bin/sh
echo "$@" >> {calls}
echo "$1 as usual"
[ "$1" != "$FAIL" ] || {{ echo "health: it failed" >&2; exit 5; }}
"""


@pytest.fixture
def home(tmp_path):
    """A folder that stands for the checkout, with a false ./health."""
    (tmp_path / "build").mkdir()
    (tmp_path / "health").write_text(HEALTH.format(calls=tmp_path / "calls"))
    (tmp_path / "health").chmod(0o755)
    return tmp_path


def example(name: str, home: Path) -> str:
    """The text of an example, on that folder."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    assert HOME in text
    return text.replace(HOME, str(home))


def calls(home: Path) -> list[list[str]]:
    """The commands that were run, each of which the real command line must understand."""
    found = [line.split() for line in (home / "calls").read_text().splitlines()]
    for verb, *arguments in found:
        typer.main.get_command(cli.app).commands[verb].make_context(verb, list(arguments))
    return found


def fires_nightly(expression: str) -> None:
    times = CronSim(expression, datetime(2026, 1, 1))
    assert [next(times), next(times)] == [datetime(2026, 1, day, 4, 30) for day in (1, 2)]


def test_every_example_is_tested_and_named_in_the_docs():
    names = {path.name for path in EXAMPLES.iterdir() if path.name != "__pycache__"}
    here = Path(__file__).read_text(encoding="utf-8")
    told = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert len(names) == 6
    assert not {name for name in names if f'"{name}"' not in here or name not in told}


# -------------------------------------------------------------------------------------------- cron


def cron_line(home: Path) -> tuple[str, str]:
    """(the five fields, the command) of the one line of the crontab that is no comment."""
    lines = example("crontab", home).splitlines()
    (line,) = [line for line in lines if line and not line.startswith("#")]
    *fields, command = line.split(None, 5)
    assert "%" not in command, "cron makes a line break of it"
    return " ".join(fields), command


def run_by_cron(home: Path, **environment: str) -> str:
    """What cron would mail."""
    done = subprocess.run(
        ["/bin/sh", "-c", cron_line(home)[1]],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_the_cron_line_fires_nightly_and_is_silent_when_all_is_well(home):
    fires_nightly(cron_line(home)[0])
    assert run_by_cron(home) == ""
    assert calls(home) == [*NIGHTLY, ["status", "--late-after", "1"]]


def test_the_cron_line_mails_what_asks_for_attention(home):
    assert run_by_cron(home, FAIL="run") == "", "status tells of it"
    assert calls(home) == [NIGHTLY[0], ["status", "--late-after", "1"]]
    assert "it failed" in (home / "build/nightly.log").read_text()
    assert run_by_cron(home, FAIL="status") == "health: it failed\n"


# ----------------------------------------------------------------------------------------- systemd

UNITS = ("customer-health.service", "customer-health.timer")


def unit(home: Path, name: str) -> list[tuple[str, str]]:
    """(section.key, value) of a unit, keys may come more than once."""
    text, found, section = example(name, home), [], ""
    ConfigParser(strict=False, interpolation=None).read_string(text)
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.append((f"{section}.{key}", value))
    return found


def test_the_service_runs_the_verbs_in_order(home):
    service = unit(home, "customer-health.service")
    assert ("Service.Type", "oneshot") in service, "several ExecStart need it"
    for key, value in service:
        if key == "Service.ExecStart":
            subprocess.run(value.split(), check=True)
    assert calls(home) == NIGHTLY
    settings = dict(value.split("=") for key, value in service if key == "Service.Environment")
    with mock.patch.dict("os.environ", settings):
        from health_score.project import open_project

        assert open_project().keep == 14


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not there")
def test_systemd_takes_the_units_and_fires_nightly(home):
    for name in UNITS:
        (home / name).write_text((EXAMPLES / name).read_text().replace(HOME, str(home)))
    command = ["systemd-analyze", "verify", *(str(home / name) for name in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    about_ours = [line for line in done.stderr.splitlines() if "customer-health" in line]
    assert (done.returncode, about_ours) == (0, [])
    timer = dict(unit_text(home / "customer-health.timer"))
    assert timer["Persistent"] == "true"
    command = ["systemd-analyze", "calendar", "--iterations=2", timer["OnCalendar"]]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.count("04:30:00 UTC") >= 2


def unit_text(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line]


# ---------------------------------------------------------------------------------- GitHub Actions


def test_the_workflow_is_valid_and_its_steps_run(home):
    path = EXAMPLES / "github-actions.yml"
    check = ["check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run(
        [sys.executable, "-m", *check], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    workflow = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    fires_nightly(workflow["on"]["schedule"][0]["cron"])
    assert workflow["concurrency"]["cancel-in-progress"] == "false"
    (job,) = workflow["jobs"].values()
    for step in job["steps"]:
        if "run" in step:
            subprocess.run(["bash", "-e", "-c", step["run"]], cwd=home, check=True)
    assert calls(home) == [["run", "--input", "input"], ["notify"], ["status"]]
    cached = next(step for step in job["steps"] if step.get("uses", "").startswith("actions/cache"))
    assert cached["with"]["path"].split() == ["build", "serve", "serve-delivery"]


# ------------------------------------------------------------------------------------------ Airflow


class FalseOperator:
    """BashOperator: runs at once, in the order in which tasks are chained."""

    made: list[FalseOperator] = []

    def __init__(self, task_id, bash_command, cwd, skip_on_exit_code=99):
        self.command, self.cwd, self.skip, self.after = bash_command, cwd, skip_on_exit_code, None
        FalseOperator.made.append(self)

    def __rshift__(self, other):
        other.after = self
        return other

    def run(self):
        subprocess.run(["bash", "-c", self.command], cwd=self.cwd, check=True)


def false_modules(**contents: dict) -> dict[str, ModuleType]:
    """Modules with these contents; __ stands for a point in a name."""
    found = {}
    for name, attributes in contents.items():
        parts = name.split("__")
        for end in range(1, len(parts) + 1):
            found.setdefault(".".join(parts[:end]), ModuleType(parts[end - 1]))
        vars(found[".".join(parts)]).update(attributes)
    return found


def test_the_airflow_dag_runs_and_then_tells(home):
    dag = mock.MagicMock()
    FalseOperator.made.clear()
    modules = false_modules(
        airflow__sdk={"DAG": dag},
        airflow__providers__standard__operators__bash={"BashOperator": FalseOperator},
    )
    (home / "dag.py").write_text(example("airflow_dag.py", home))
    with mock.patch.dict(sys.modules, modules):
        runpy.run_path(str(home / "dag.py"))
    first, second = FalseOperator.made
    assert second.after is first and first.skip == 6
    for task in (first, second):
        task.run()
    assert calls(home) == NIGHTLY
    options = dag.call_args.kwargs
    fires_nightly(options["schedule"])
    assert options["max_active_runs"] == 1 and options["catchup"] is False


# ------------------------------------------------------------------------------------------ Dagster


def false_dagster() -> dict[str, ModuleType]:
    """Ops and jobs are plain functions; an op without its context gets one."""
    context = SimpleNamespace(log=SimpleNamespace(info=print))

    def op(function=None, **options):
        return (lambda *given: function(context)) if function else op

    return false_modules(
        dagster={
            "op": op, "job": lambda function: function, "Failure": RuntimeError,
            "In": mock.Mock(), "Nothing": mock.Mock(),
            "Definitions": SimpleNamespace, "ScheduleDefinition": SimpleNamespace,
        }
    )  # fmt: skip


def test_the_dagster_job_runs_and_then_tells_and_fails_with_the_sentence(home, monkeypatch):
    (home / "job.py").write_text(example("dagster_job.py", home))
    with mock.patch.dict(sys.modules, false_dagster()):
        found = runpy.run_path(str(home / "job.py"))
    (schedule,) = found["definitions"].schedules
    fires_nightly(schedule.cron_schedule)
    schedule.job()
    assert calls(home) == NIGHTLY
    monkeypatch.setenv("FAIL", "run")
    with pytest.raises(RuntimeError, match="ended with 5: health: it failed"):
        schedule.job()

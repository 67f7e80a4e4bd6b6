"""What an adopter adds or takes along: a signal, a scorecard, a profile, the whole as a package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt.cli.main import dbtRunner

import project_runs as runs
from health_score import exits, inputs
from health_score.project import close_connections
from project_runs import Copy, health

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

MODEL = """-- One row per live account and score date: use on Saturdays and Sundays.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

usage_days as (

    select * from {{ ref('stg_usage_days') }}

),

measured as (

    select
        accounts.account_id,
        accounts.score_date,
        count(distinct usage_days.event_date) as weekend_days_28d

    from accounts

    left join usage_days
        on accounts.account_id = usage_days.account_id
        and accounts.score_date >= usage_days.event_date
        and accounts.score_date >= usage_days.known_on
        and {{ days_before('accounts.score_date', 28) }} < usage_days.event_date
        and extract(isodow from usage_days.event_date) >= 6

    group by
        accounts.account_id,
        accounts.score_date

),

signals as (

    {{ signal_rows('measured', ['weekend_days_28d']) }}

)

select * from signals
"""
MODEL_YML = """models:
  - name: int_weekend_signals
    description: Use on Saturdays and Sundays.
    columns:
      - { name: account_id, data_type: varchar, description: Account. }
      - { name: score_date, data_type: date, description: Day that is described. }
      - { name: signal, data_type: varchar, description: Signal. }
      - { name: value, data_type: "numeric(28, 6)", description: Days. }
      - { name: observed_on, data_type: date, description: Always NULL. }
"""


def sql_files(root: Path) -> dict[str, str]:
    """Path -> text of every SQL file, those of builds left out."""
    return {
        str(path.relative_to(root)): path.read_text(encoding="utf-8")
        for folder in ("models", "macros", "tests", "analyses")
        for path in (root / folder).rglob("*.sql")
    }


def add_signal(root: Path) -> None:
    """One model, its line in dbt_project.yml, its rows in two seeds."""
    folder = root / "models/intermediate"
    (folder / "int_weekend_signals.sql").write_text(MODEL)
    (folder / "int_weekend_signals.yml").write_text(MODEL_YML)
    project = root / "dbt_project.yml"
    text = project.read_text(encoding="utf-8")
    last = "    - int_pulse_signals\n"
    assert last in text
    project.write_text(text.replace(last, f"{last}    - int_weekend_signals\n"), encoding="utf-8")
    runs.add_to_seed(root, "signals", {
        "signal": "weekend_days_28d", "title": "Weekend days in 28 days", "dimension": "usage",
        "better": "less", "unit": "days", "freshness": "source", "warn_after_days": "3",
        "expire_after_days": "14", "why_it_matters": "Work at weekends is a cry for help.",
        "low_value_means": "Good.", "definition": "weekend days with usage", "when_empty": "zero",
    })  # fmt: skip
    need = {"signal": "weekend_days_28d", "table_name": "usage_events", "column_name": "*"}
    runs.add_to_seed(root, "signal_inputs", {**need, "sets_freshness": "1"})


def add_scorecard(root: Path) -> None:
    """Seed rows only: balance weighs the new signal and an old one."""
    runs.add_to_seed(root, "scorecards", {
        "scorecard": "balance", "title": "Balance", "method": "weighted_average",
        "is_primary": "0", "min_coverage": "0.5", "min_dimensions": "1",
        "insufficient_data_action": "Look.", "purpose": "Do they rest?",
    })  # fmt: skip
    for band, bound in (("tired", ""), ("rested", "50")):
        runs.add_to_seed(root, "health_bands", {
            "scorecard": "balance", "band": band, "lower_bound": bound, "includes_lower": "1",
            "colour": "grey", "action_plan": "Ask.",
        })  # fmt: skip
    weight = {"scorecard": "balance", "profile": "*", "dimension": "usage", "weight": "100"}
    runs.add_to_seed(root, "dimension_weights", weight)
    rule = {"scorecard": "balance", "profile": "*", "rule": "linear", "missing_policy": "exclude"}
    runs.add_to_seed(
        root,
        "signal_rules",
        {**rule, "signal": "weekend_days_28d", "weight": "75", "worst": "8", "best": "0"},
        {**rule, "signal": "active_days_28d", "weight": "25", "worst": "0", "best": "28"},
    )


def add_profile(root: Path) -> None:
    """Seed rows only: retail accounts on the plan Starter are a kind of their own."""
    runs.add_to_seed(root, "profiles", {
        "profile": "starter", "priority": "5", "lifecycle_stage": "*", "plan": "Starter",
    })  # fmt: skip
    rule = {"scorecard": "balance", "profile": "starter", "rule": "linear"}
    runs.add_to_seed(
        root,
        "signal_rules",
        {**rule, "signal": "weekend_days_28d", "weight": "0", "missing_policy": "exclude"},
        {
            **rule, "signal": "active_days_28d", "weight": "100", "worst": "0", "best": "10",
            "missing_policy": "exclude",
        },
    )  # fmt: skip


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="module")
def extended(base, tmp_path_factory):
    """A project with a signal, a scorecard and a profile of its own, scored on the small demo."""
    copy = runs.copy_tree(tmp_path_factory.mktemp("extended"))
    before = sql_files(copy.root)
    for add in (add_signal, add_scorecard, add_profile):
        add(copy.root)
    after = sql_files(copy.root)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"models/intermediate/int_weekend_signals.sql"}
    done = health(copy, "run", "--input", runs.demo(base))
    assert done.code == exits.OK, done.output
    return copy


def test_a_new_signal_is_measured_for_every_account(extended, base):
    found = dict(runs.rows(
        extended.published,
        "select account_id, value from marts.account_health_drivers "
        "where scorecard = 'balance' and signal = 'weekend_days_28d'",
    ))  # fmt: skip
    days = dict(runs.rows(
        extended.warehouse,
        "select account_id, count(distinct happened_on) from staging.stg_usage_events "
        "where happened_on between date '2026-01-03' and date '2026-01-30' "
        "and known_on <= date '2026-01-30' and isodow(happened_on) >= 6 group by account_id",
    ))  # fmt: skip
    assert found == {account: days.get(account, 0) for account in found}
    assert len(set(found.values())) > 1


def test_a_new_scorecard_has_scores_bands_and_contributions_that_sum(extended):
    scores = runs.rows(
        extended.published,
        "select account_id, profile, score, band from marts.account_scorecards "
        "where scorecard = 'balance'",
    )
    everybody = runs.rows(extended.published, "select account_id from marts.account_health")
    assert sorted(row[:1] for row in scores) == sorted(everybody)
    assert all(row[2] is not None for row in scores)
    assert {row[3] for row in scores} == {"tired", "rested"}
    assert all((score >= 50) == (band == "rested") for _, _, score, band in scores)
    sums = dict(runs.rows(
        extended.published,
        "select account_id, sum(contribution) from marts.account_health_drivers "
        "where scorecard = 'balance' group by account_id",
    ))  # fmt: skip
    assert sums == {row[0]: row[2] for row in scores}


def test_a_new_profile_has_its_own_weights_and_ranges(extended):
    found = runs.rows(
        extended.published,
        "select health.account_id, health.plan, health.profile, count(*), max(drivers.weight), "
        "min(drivers.points = least(100, drivers.value * 10)) "
        "from marts.account_health as health "
        "inner join marts.account_health_drivers as drivers using (account_id) "
        "where drivers.scorecard = 'balance' group by all",
    )
    starters = [row for row in found if row[1] == "Starter"]
    assert starters
    assert all(row[2:] == ("starter", 1, 1, True) for row in starters)
    others = [row for row in found if row[1] != "Starter"]
    assert all(row[2] != "starter" and row[3] == 2 for row in others)


def test_scores_that_no_peer_decides_stay_for_the_other_profiles(extended, base):
    """Percentiles and priors may move, for the accounts of a new profile are no peers any more."""
    by_peers = {
        row["scorecard"]
        for row in runs.seed_rows(extended.root, "signal_rules")
        if row["missing_policy"] == "prior" or "percentile" in row["signal"]
    }
    query = (
        "select account_id, scorecard, score from marts.account_scorecards "
        "where profile <> 'starter' and scorecard <> 'balance'"
    )
    theirs = set(runs.rows(runs.scored_demo(base).published, query))
    ours = {row for row in runs.rows(extended.published, query) if row[1] not in by_peers}
    assert len({row[1] for row in ours}) >= 4
    assert ours <= theirs


def test_explain_shows_the_new_signal(extended):
    account = runs.rows(
        extended.published,
        "select account_id from marts.account_health_drivers "
        "where signal = 'weekend_days_28d' and points_lost > 0 order by account_id limit 1",
    )[0][0]
    done = health(extended, "explain", account, "--scorecard", "balance")
    assert done.code == exits.OK, done.output
    line = next(line for line in done.output.splitlines() if "Weekend days in 28 days" in line)
    assert re.search(r"\d+ days? +measured +\d", line), line
    assert "The contributions sum to the score" in done.output


# ------------------------------------------------------------------------- package, and plain dbt


def dbt(folder: Path, *arguments: str, **environment: str) -> str:
    """The command dbt in a folder, in a process of its own; what it printed."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith("HEALTH_")}
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *arguments, "--no-use-colors"],
        cwd=folder,
        env={**keep, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def dbt_here(folder: Path, *arguments: str) -> None:
    """The same in this process, which saves the start."""
    places = ("--project-dir", str(folder), "--profiles-dir", str(folder))
    quiet = ("--log-path", str(folder / "logs"), "--log-level", "none", "--quiet")
    before = os.getcwd()
    os.chdir(folder)
    try:
        done = dbtRunner().invoke([*arguments, *places, *quiet])
    finally:
        os.chdir(before)
        close_connections()
    bad = runs.failed(getattr(done.result, "results", None) or [])
    assert done.success, f"{done.exception}: {bad}"


def company(folder: Path, copy: Copy, demo: Path) -> Path:
    """Another dbt project that installs ours and has the input as tables of its own warehouse."""
    folder.mkdir()
    found = inputs.discover(copy.root, demo)
    ours = {"input_dir": "", "inputs": found.inputs}
    settings = {
        "name": "company",
        "profile": "company",
        "flags": {"send_anonymous_usage_stats": False},
        "vars": {"customer_health": ours},
    }
    profile = {
        "company": {
            "target": "dev",
            "outputs": {
                "dev": {
                    "type": "duckdb",
                    "path": "company.duckdb",
                    "schema": "analytics",
                    "settings": {"TimeZone": "UTC"},
                }
            },
        }
    }
    package = {"packages": [{"local": os.path.relpath(copy.root, folder)}]}
    for name, content in (
        ("dbt_project.yml", settings), ("profiles.yml", profile), ("packages.yml", package),
    ):  # fmt: skip
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False))
    with duckdb.connect(str(folder / "company.duckdb")) as connection:
        connection.execute("create schema raw")
        for table, path in runs.tables_of(demo).items():
            source = path / "*.parquet" if path.is_dir() else path
            connection.execute(f"create table raw.{table} as from '{source}'")
    return folder


def test_as_a_package_it_gives_another_project_the_same_marts(base, tmp_path):
    copy = runs.copy_tree(tmp_path)
    folder = company(tmp_path / "company", copy, runs.demo(base))
    dbt_here(folder, "deps")
    dbt_here(folder, "build", "--exclude-resource-type", "unit_test")
    built = runs.marts(folder / "company.duckdb")
    runs.assert_same_marts(built, runs.scored_demo(base).marts)


def test_plain_dbt_build_gives_the_marts_that_health_run_publishes(base, tmp_path):
    copy = runs.copy_tree(tmp_path)
    shutil.copytree(runs.demo(base), copy.root / "data/demo")
    output = dbt(copy.root, "build")
    assert "ERROR=0" in output
    built = runs.marts(copy.root / "build/warehouse.duckdb")
    runs.assert_same_marts(built, runs.scored_demo(base).marts)
    assert not (copy.root / "serve/health.duckdb").exists()


LAUNCHED = """#!/bin/sh
exec "{python}" "$@"
"""


def test_the_launcher_leads_from_demo_data_to_an_explained_score(tmp_path):
    """The file ./health itself, with a stand-in for the environment that it would install."""
    copy = runs.copy_tree(tmp_path)
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin/python"
    python.write_text(LAUNCHED.format(python=sys.executable))
    python.chmod(0o755)
    stamp = subprocess.run(
        [sys.executable, "-c", "import runpy; print(runpy.run_path('health')['wanted_stamp'](), "
         "end='')"],
        cwd=copy.root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    (venv / "health-stamp").write_text(stamp)

    def launch(*arguments: str) -> str:
        environment = {**copy.environment, "HEALTH_VENV": str(venv)}
        del environment["PYTHONPATH"]
        done = subprocess.run(
            [sys.executable, str(copy.root / "health"), *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    launch("demo", "input", "--accounts", "60", "--events", "20000")
    assert "Published" in launch("run", "--input", "input")
    account = runs.rows(copy.published, "select min(account_id) from marts.account_health")[0][0]
    assert "The contributions sum to the score" in launch("explain", account)

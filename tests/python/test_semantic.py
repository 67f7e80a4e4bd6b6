"""The semantic layer: MetricFlow accepts it, and its answers on the published file are the marts'.

Also the documentation as one page, from the same run.
"""

from __future__ import annotations

import base64
import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import project_runs as runs
from health_score import exits
from project_runs import Copy

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

PRIMARY = "scorecard = (select min(scorecard) from marts.account_health)"
WHOLE_BOOK = f"select {{}} from marts.segment_health where segment_type = 'all' and {PRIMARY}"
# Metrics and what they are grouped by -> the same from the marts, in the same order of columns.
QUESTIONS = {
    ("accounts,recurring_revenue", "account_day__band"): (
        "select segment, account_count, mrr from marts.segment_health "
        f"where segment_type = 'band' and {PRIMARY}"
    ),
    ("average_health,revenue_weighted_health,accounts,recurring_revenue", "metric_time__day"): (
        WHOLE_BOOK.format(
            "score_date, average_score, revenue_weighted_score, account_count, mrr"
        )
    ),
    ("revenue_at_risk,coverage", ""): (
        f"select ({WHOLE_BOOK.format('red_mrr')}), avg(coverage) from marts.account_scorecards "
        "where is_primary = 1"
    ),
    ("logo_churn,revenue_churn,grr,nrr", "metric_time__month"): (
        "select month, logo_churn_rate, revenue_churn_rate, gross_revenue_retention, "
        "net_revenue_retention from marts.churn_rates where segment_type = 'all'"
    ),
    ("churned_customers,opening_revenue", "segment_month__plan"): (
        "select segment, sum(churned_account_count), sum(opening_mrr) from marts.churn_rates "
        "where segment_type = 'plan' group by segment"
    ),
    ("alerts,open_alerts", "alert__rule"): (
        "select rule, count(*), sum(case when status = 'open' then 1 else 0 end) "
        "from marts.health_alerts group by rule"
    ),
}  # fmt: skip

ENDS = ("source", "target")
# Columns that come from no other: a var of the run, and a count of rows.
MADE_UP = {"churn_rates.churn_source", "scorecard_versions.score_date_count"}


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="module")
def story(base, tmp_path_factory):
    """A published project that MetricFlow can read: dbt has parsed it on the target published."""
    copy = runs.twin(runs.scored_demo(base), tmp_path_factory.mktemp("semantic"))
    called(copy, "dbt", "parse", "--warn-error")
    return copy


def called(copy: Copy, program: str, *arguments: str) -> str:
    """Run a program beside this Python in the copy, on what readers have; what it printed."""
    environment = {**copy.environment, "HEALTH_TARGET": "published"}
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):  # MetricFlow looks into target/ only
        del environment[name]
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=copy.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return done.stdout


def answer(copy: Copy, metrics: str, group_by: str, file: Path) -> list[list[str]]:
    """The rows of a MetricFlow query as text, its header first."""
    grouped = ("--group-by", group_by) if group_by else ()
    called(copy, "mf", "query", "--quiet", "--metrics", metrics, *grouped, "--csv", str(file))
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def by_first(lines: list) -> list[list]:
    """Rows by their first cell, which is a key or the only row's."""
    return sorted(([plain(cell) for cell in line] for line in lines), key=lambda row: row[0])


def plain(cell: object) -> object:
    """A number, or a word, or a day as text; None for nothing."""
    if cell in (None, ""):
        return None
    try:
        return float(cell)
    except (TypeError, ValueError):
        return str(cell).removesuffix(" 00:00:00")


def test_metricflow_accepts_models_and_metrics_and_their_sql_runs(story):
    said = called(story, "mf", "validate-configs")
    assert "Successfully validated metrics against data warehouse (ERRORS: 0" in said
    assert "WARNINGS: 0" in said and "Error" not in said


@pytest.mark.parametrize(("metrics", "group_by"), QUESTIONS, ids=[m for m, _ in QUESTIONS])
def test_answers_are_those_of_the_marts(story, tmp_path, metrics, group_by):
    header, *found = answer(story, metrics, group_by, tmp_path / "answer.csv")
    assert header == [*filter(None, [group_by]), *metrics.split(",")]
    expected = runs.rows(story.published, QUESTIONS[metrics, group_by])
    assert expected
    assert by_first(found) == [
        [pytest.approx(cell, abs=1e-6) if isinstance(cell, float) else cell for cell in row]
        for row in by_first(expected)
    ]


def test_days_without_alerts_count_none(story, tmp_path):
    """The time spine fills them in."""
    _, *found = answer(story, "alerts", "metric_time__day", tmp_path / "answer.csv")
    days = runs.rows(story.published, "select count(*) from marts.calendar_days")[0][0]
    assert len(found) == days
    total = runs.rows(story.published, "select count(*) from marts.health_alerts")[0][0]
    counts = [float(count) for _, count in found]
    assert sum(counts) == total > 0
    assert min(counts) == 0


def test_the_documentation_is_one_page_that_names_every_mart(story, monkeypatch):
    monkeypatch.setenv("HEALTH_TARGET", "published")  # which is for MetricFlow, not for ./health
    done = runs.health(story, "docs")
    assert done.code == exits.OK, done.output
    text = (story.serve / "docs.html").read_text(encoding="utf-8")
    assert text.lstrip().lower().startswith("<!doctype html>")
    for mart in story.marts:
        assert f"model.customer_health.{mart}" in text, mart
    assert "exposure.customer_health.digest" in text
    manifest = json.loads((story.build / "target/manifest.json").read_text(encoding="utf-8"))
    assert manifest["nodes"]["model.customer_health.account_health"]["database"] == "warehouse"
    assert '"send_anonymous_usage_stats": false' in text, "else the page calls its makers"


def test_every_column_of_a_mart_is_followed_to_where_it_comes_from(story, tmp_path):
    done = runs.health(story, "docs", "--to", tmp_path / "docs.html", "--columns")
    assert done.code == exits.OK, done.output
    assert "could not be followed" not in done.output
    text = (tmp_path / "columns.html").read_text(encoding="utf-8")
    assert "window.colibriTelemetry = false" in text, "else the page calls its makers"
    (data,) = re.findall(r'window.colibriData = JSON.parse\(atob\("([^"]+)"', text)
    sources = {}
    for edge in json.loads(base64.b64decode(data))["lineage"]["edges"]:
        ends = [edge[f"{end}"].split(".")[-1] + "." + edge[f"{end}Column"] for end in ENDS]
        sources.setdefault(ends[1], set()).add(ends[0])
    assert "int_scores.effective_score" in sources["account_health.effective_score"]
    assert "subscriptions.mrr" in ancestors(sources, "account_worklist.mrr")
    lost = {
        f"{mart}.{name}"
        for mart in story.marts
        for (name,) in runs.rows(
            story.published,
            f"select column_name from information_schema.columns where table_name = '{mart}'",
        )
        if f"{mart}.{name}" not in sources and name != "scoring_version"
    }
    assert lost == MADE_UP


def ancestors(sources: dict[str, set], column: str) -> set[str]:
    """All that a column comes from, near and far."""
    found, waiting = set(), [column]
    while waiting:
        for source in sources.get(waiting.pop(), set()) - found:
            found.add(source)
            waiting.append(source)
    return found

"""Every analysis compiles and answers its question on the small demo."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import project_runs as runs

pytestmark = pytest.mark.dbt

ANALYSES = sorted(path.stem for path in (runs.ROOT / "analyses").glob("*.sql"))


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="module")
def copy(base, tmp_path_factory) -> runs.Copy:
    return runs.twin(runs.scored_demo(base), tmp_path_factory.mktemp("analyses"))


@pytest.fixture(scope="module")
def queries(base, copy) -> dict[str, str]:
    """Analysis -> its SQL."""
    compiled = runs.build(
        copy, "compile", "--select", "resource_type:analysis",
        variables={"input_dir": str(runs.demo(base))},
    )  # fmt: skip
    return {result.node.name: result.node.compiled_code for result in compiled}


@pytest.fixture(scope="module")
def answers(copy, queries):
    """Analysis -> its rows as dicts."""
    with duckdb.connect(str(copy.warehouse), read_only=True) as connection:
        return {name: records(connection, query) for name, query in queries.items()}


def records(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def published(base) -> Path:
    return runs.scored_demo(base).published


@pytest.mark.parametrize("name", ANALYSES)
def test_an_analysis_says_its_grain_and_has_rows(answers, name):
    text = (runs.ROOT / "analyses" / f"{name}.sql").read_text(encoding="utf-8")
    assert text.startswith("-- One row per ")
    assert answers[name], f"{name} has no rows"


def test_every_analysis_is_compiled(answers):
    assert sorted(answers) == ANALYSES


def test_lowest_scores_begin_with_the_lowest(answers, published):
    scores = [row["effective_score"] for row in answers["lowest_scores"]]
    query = (
        "select min(effective_score), count(*) from marts.account_health "
        "where is_paying = 1 and effective_score is not null"
    )
    assert (scores[0], len(scores)) == runs.rows(published, query)[0]
    assert scores == sorted(scores)


def test_revenue_at_risk_adds_up_to_all_revenue(answers, published):
    found = answers["revenue_at_risk"]
    query = (
        "select count(*), sum(mrr), sum(mrr) filter (where colour = 'red') "
        "from marts.account_health"
    )
    columns = ("account_count", "mrr", "red_mrr")
    totals = tuple(sum(row[name] or Decimal(0) for row in found) for name in columns)
    assert totals == runs.rows(published, query)[0]


def test_costliest_signals_lose_what_the_accounts_lose(answers, published):
    query = (
        "select sum(points_lost) from marts.account_health_drivers as drivers "
        "inner join marts.account_health using (account_id, scorecard)"
    )
    total = sum(row["points_lost"] for row in answers["costliest_signals"])
    assert [(total,)] == runs.rows(published, query)


def test_least_known_accounts_say_what_is_missing(answers):
    for row in answers["least_known_accounts"]:
        assert row["coverage"] < 1
        assert "missing" in row["unmeasured_signals"] or "stale" in row["unmeasured_signals"]
    coverages = [row["coverage"] for row in answers["least_known_accounts"]]
    assert coverages == sorted(coverages)


def test_nearest_band_edges_have_one_row_per_account_and_scorecard(answers, published):
    found = answers["nearest_band_edges"]
    query = "select count(*) from marts.account_scorecards where next_band is not null"
    assert [(len(found),)] == runs.rows(published, query)
    assert len({(row["scorecard"], row["account_id"]) for row in found}) == len(found)
    assert any(row["cheapest_signal"] for row in found)


# Each account's band and score on three days, and its first and last paid day.
FALLS = """
attach ':memory:' as warehouse;
create schema warehouse.marts;
create schema warehouse.intermediate;
create schema warehouse.validation;
create table warehouse.marts.account_health_history as
select account, cast(day as date) as score_date, band, score as effective_score,
    1 as is_as_published, 1 as is_primary, account as account_id
from (values
    ('leaves', '2025-01-01', 'green', 80), ('leaves', '2025-01-08', 'yellow', 60),
    ('leaves', '2025-06-25', 'red', 30),
    ('stays', '2025-01-01', 'yellow', 60), ('stays', '2025-01-08', 'green', 80),
    ('stays', '2025-06-25', 'green', 75),
    ('leaves late', '2025-01-01', 'green', 70), ('leaves late', '2025-01-08', 'yellow', 69),
    ('never paid', '2025-01-01', 'yellow', 41), ('never paid', '2025-01-08', 'red', 39),
    ('regraded', '2025-01-01', 'green', 75), ('regraded', '2025-01-08', 'yellow', 75)
) as told(account, day, band, score);
create table warehouse.validation.int_paid_periods as
select account_id, date '2024-01-01' as first_date, date '2026-01-01' as next_date
from (values ('leaves'), ('stays'), ('leaves late'), ('regraded')) as paying(account_id);
create table warehouse.validation.int_churns as
select 'leaves' as account_id, date '2025-04-08' as churned_on
union all select 'leaves late', date '2025-04-09'
union all select 'stays', date '2025-02-01';
create table warehouse.intermediate.int_backtest_until as select date '2025-06-30' as judged_until;
create table warehouse.intermediate.int_settings as
select 90 as judgement_horizon_days, 30 as reactivation_gap_days;
"""


def test_falls_of_a_band_are_judged_like_alerts(queries):
    with duckdb.connect() as connection:
        connection.execute(FALLS)
        (row,) = records(connection, queries["band_falls"])
    # Four falls in 175 days; one of nobody who pays and one that is too young to judge.
    assert row["fall_count"] == 4 and row["falls_per_week"] == pytest.approx(4 / 25)
    assert row["judged_count"] == 2 and row["left_rate"] == pytest.approx(1 / 2)

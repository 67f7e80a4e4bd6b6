"""The verdict in words, from figures made by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from health_score import history, project, terminal, validation
from health_score.exits import FAILED_AUDIT, USAGE, Problem


def decimals(**figures: str) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in figures.items()}


def row(**changes: object) -> dict:
    """A row of scorecard_performance of the whole score, 90 days, no lead, all accounts."""
    return {
        "dimension": "*", "profile": "*", "evidence": "retrospective", "horizon_days": 90,
        "lead_days": 0, "cohort": "all", "churned_account_count": 118, "score_date_count": 87,
        "first_score_date": "2024-02-02", "last_score_date": "2025-09-26",
        **decimals(
            base_rate="0.029", auc="0.75", auc_low="0.71", auc_high="0.79", tenure_auc="0.47",
            idle_days_auc="0.65", days_to_renewal_auc="0.83", lift_10="3.4",
            unscored_churned_share="0", warned_share_90d="0.8", kept_warned_share_90d="0.528",
        ),
        "reason": None, "churn_source": "subscriptions", **changes,
    }  # fmt: skip


def facts(*performance: dict, floors: tuple = (), is_synthetic: int = 0) -> dict:
    return {
        "scorecard": "health",
        "publication": {
            "config_version": "7a1e", "vars_in_force": "connectors=contract; churn_source=events",
            "is_synthetic": is_synthetic,
        },
        "performance": list(performance), "bands": [], "signals": [], "floors": list(floors),
        "fairness": [],
    }  # fmt: skip


def words(*performance: dict, is_synthetic: int = 0) -> str:
    title, _, sentences = validation.sections(facts(*performance, is_synthetic=is_synthetic))[0]
    assert title == "Does the score predict?"
    return " ".join(sentences)


def test_what_came_after_the_configuration_is_a_claim_and_what_came_before_is_none() -> None:
    assert "No claim yet" in words(row())
    text = words(row(), row(evidence="prospective", **decimals(auc="0.6", auc_low="0.55")))
    assert "No claim yet" not in text
    assert "in 60.0 % of the pairs" in text and "It predicts better than chance." in text


def test_prospective_days_without_a_figure_leave_the_word_to_those_before() -> None:
    text = words(row(), row(evidence="prospective", auc=None, reason="only 3 scored accounts left"))
    assert "No claim yet" in text and "in 75.0 % of the pairs" in text


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [
        ("0.51", "0.9", "It predicts better than chance."),
        ("0.49", "0.9", "It is not shown to predict"),
        ("0.2", "0.49", "It is worse than chance"),
    ],
)
def test_the_interval_decides(low: str, high: str, sentence: str) -> None:
    assert sentence in words(row(**decimals(auc="0.5", auc_low=low, auc_high=high)))


def test_a_rival_is_better_only_beyond_the_interval() -> None:
    assert "Days to renewal alone does better." in words(row())
    assert "None of them does better beyond the interval." in words(
        row(days_to_renewal_auc=Decimal("0.78"))
    )
    assert "days to renewal -." in words(row(days_to_renewal_auc=None))


def test_too_little_says_what_is_missing_and_what_counts_as_a_departure() -> None:
    text = words(row(auc=None, reason="only 3 scored accounts churned, 20 are needed"))
    assert "Unknown: only 3 scored accounts churned, 20 are needed" in text
    assert "by events" in text and "./health backfill" in text
    assert "no score date lies far enough back" in words()


def test_synthetic_data_prove_nothing_and_that_is_said_first() -> None:
    assert words(row(), is_synthetic=1).startswith("These are synthetic demo data")
    assert "synthetic" not in words(row())


def test_every_section_can_be_printed_and_written() -> None:
    found = validation.sections(facts(row(), row(dimension="usage"), row(profile="small")))
    text = terminal.markdown(found)
    assert "### How far ahead" in text and "| small | 118 | 0.75 (0.71 to 0.79) |  |" in text


def floor(**changes: object) -> dict:
    return {
        "scorecard": "health", "horizon_days": 90, "lead_days": 0, "measure": "auc",
        "verdict": "missed", "on_miss": "fail", "explanation": "",
        **decimals(floor="0.6", figure="0.5", figure_high="0.55"), **changes,
    }  # fmt: skip


def test_a_missed_floor_fails_only_where_its_row_says_so() -> None:
    for harmless in ({"on_miss": "finding"}, {"verdict": "reached"}, {"verdict": "not judged"}):
        validation.check_floors(facts(floors=(floor(**harmless),)))
    with pytest.raises(Problem) as caught:
        validation.check_floors(facts(floors=(floor(),)))
    assert caught.value.code == FAILED_AUDIT
    assert "The scores are published." in caught.value.sentence
    assert "AUC is 0.50, at most 0.55" in caught.value.details[0]


def test_the_backtest_is_due_when_its_code_its_vars_or_its_input_change(tmp_path: Path) -> None:
    for name in ("models/validation", "models/marts/validation", "macros"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "macros/ratio.sql").write_text("a / b")
    here = project.Project(tmp_path, tmp_path, tmp_path, {"churn_source": "subscriptions"})
    history.keep_apart(here, "one folder")
    note = {"code": validation.code_of(here), "input": "one folder", "until": [["2026-01-25"]]}
    validation.note_of(here).write_text(json.dumps(note))
    assert validation.made_of(here) is None, "its file is not there"
    here.warehouse.write_text("a file")
    assert validation.made_of(here) == [["2026-01-25"]]
    (tmp_path / "macros/ratio.sql").write_text("a * b")
    assert validation.made_of(here) is None
    (tmp_path / "macros/ratio.sql").write_text("a / b")
    other = project.Project(tmp_path, tmp_path, tmp_path, {"churn_source": "events"})
    assert validation.made_of(other) is None
    history.keep_apart(here, "another folder")
    here.warehouse.write_text("begun, and killed")
    assert validation.made_of(here) is None


def test_the_window_of_the_words_is_that_of_the_models() -> None:
    macro = (Path(__file__).parents[2] / "macros/backtest_windows.sql").read_text("utf-8")
    assert f"'horizon': {validation.HORIZON}, 'lead': {validation.LEAD}}}" in macro


def demo_like() -> dict:
    """As many rows as the demo has: windows, profiles, dimensions, bands, signals, groups."""
    windows = [
        row(horizon_days=horizon, lead_days=lead, cohort=cohort)
        for horizon in (30, 60, 90, 180)
        for lead in (0, 14)
        for cohort in ("all", "renewal")
    ]
    few = {"auc": None, "churned_account_count": 6, "reason": "only 6, 20 are needed"}
    profiles = [row(profile="mid"), row(profile="new", **few), row(profile="enterprise", **few)]
    band = {"evidence": "retrospective", "horizon_days": 90, "account_count": 290,
            "churned_account_count": 55, **decimals(
                churn_rate="0.1", churn_rate_low="0.07", churn_rate_high="0.13",
                multiple_of_base="3.6", expansion_rate="0.2")}  # fmt: skip
    verdicts = ["predictive"] * 30 + ["misleading"] * 3 + ["silent"] * 13
    return {
        **facts(*windows, *profiles, *(row(dimension=f"d{n}") for n in range(7)),
                floors=(floor(), floor(measure="lift_10"), floor(verdict="reached")),
                is_synthetic=1),
        "bands": [{**band, "band": name} for name in ("red", "yellow", "green")],
        "signals": [
            {"signal": f"some_long_signal_{n}_365d", "verdict": verdict, "auc": Decimal("0.6"),
             "signal_group": n // 2}
            for n, verdict in enumerate(verdicts)
        ],
        "fairness": [
            {"verdict": "differs", "attribute": "size", "audited_group": f"g{n}", "measure": "auc",
             **decimals(figure="0.5", others_figure="0.6", adjusted_p_value="0.01")}
            for n in range(21)
        ],
    }  # fmt: skip


def printed(sections: list) -> str:
    out = Console(width=100, file=StringIO(), highlight=False)
    terminal.print_sections(out, sections)
    return out.file.getvalue()


def wrapped(text: str) -> int:
    """Lines of a text on a screen of 100 columns."""
    return sum(max(1, -(-len(line) // 100)) for line in text.splitlines())


def test_the_verdict_fits_on_one_screen_and_the_file_has_everything() -> None:
    text = printed(validation.on_screen(demo_like()))
    assert wrapped(text) <= 42, text  # and three lines say where the rest is
    ahead = text.split("How far ahead")[1].split("For whom")[0]
    assert [line.split()[:3] for line in ahead.splitlines()[2:6]] == [
        [days, "0", "all"] for days in ("30", "60", "90", "180")
    ]
    assert "mid 0.75 (0.71 to 0.79); too few to say: new (6 left), enterprise (6 left)." in text
    assert "Missed, of 3 floors: AUC 0.50, 0.60 is asked for; lift" in text
    assert "21 comparisons of groups could be made, 21 differ" in text
    assert "size g0: auc 0.50 against" in text and "size g1" not in text and "and 20 more" in text
    whole = terminal.markdown(validation.sections(demo_like()))
    assert "| 180 | 14 | renewal |" in whole and "### Dimensions" in whole
    assert "size g20: auc 0.50 against 0.60" in whole


def test_a_leak_is_on_the_screen_and_the_lack_of_one_is_not() -> None:
    found = demo_like()
    assert "Leak" not in printed(validation.on_screen(found))
    found["signals"][0]["verdict"] = "leaking"
    assert "Leak (know the outcome): some_long_signal_0_365d 0.60." in printed(
        validation.on_screen(found)
    )


def test_a_scorecard_without_floors_and_audit_says_nothing_of_them() -> None:
    text = printed(validation.on_screen({**demo_like(), "floors": [], "fairness": []}))
    assert "Missed, of" not in text and "comparison" not in text
    text = printed(validation.on_screen({**demo_like(), "fairness": demo_like()["fairness"][:1]}))
    assert "size g0: auc" in text and "more" not in text.split("size g0")[1]


def test_without_a_figure_the_screen_says_why() -> None:
    ((title, _, sentences),) = validation.on_screen(facts(row(auc=None, reason="only 3 left")))
    assert title == "Does the score predict?" and "Unknown: only 3 left" in sentences[0]


def test_another_scorecard_does_not_overwrite_the_file_of_the_primary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = {
        None: {**demo_like(), "is_primary": 1, "floors": []},
        "loyalty": {**demo_like(), "scorecard": "loyalty", "is_primary": 0, "floors": []},
    }
    monkeypatch.setattr(validation, "read", lambda _, scorecard: cards[scorecard])
    here = project.Project(tmp_path, tmp_path, tmp_path, {})
    for scorecard in (None, "loyalty"):
        out = Console(width=100, file=StringIO(), highlight=False)
        validation.verdict(out, here, scorecard)
        name = "validation-loyalty.md" if scorecard else "validation.md"
        assert out.file.getvalue().splitlines()[-2].endswith(name)
    assert "health, departures" in (tmp_path / "validation.md").read_text("utf-8")
    assert "loyalty, departures" in (tmp_path / "validation-loyalty.md").read_text("utf-8")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A published file with two scorecards and nothing in them."""
    file = tmp_path / "health.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.account_scorecards as "
            "from (values ('health', 1), ('loyalty', 0)) rows(scorecard, is_primary)"
        )
        connection.execute("create table marts.publication as select 'v' as config_version")
        for name, columns in {
            "scorecard_performance": "quarter, evidence, cohort, lead_days, horizon_days, profile, "
            "dimension, config_version, scorecard",
            "band_outcomes": "evidence, band_rank, horizon_days, config_version, scorecard",
            "signal_performance": "horizon_days, lead_days, scorecard_count, signal",
            "backtest_floor_verdicts": "scorecard, horizon_days, lead_days, measure",
            "scorecard_fairness": "scorecard, attribute, audited_group, measure",
        }.items():
            typed = ", ".join(
                f"{column} integer" if column.endswith(("days", "count")) else f"{column} varchar"
                for column in columns.split(", ")
            )
            connection.execute(f"create table marts.{name} ({typed})")
    return file


def test_the_primary_scorecard_is_the_default_and_an_unknown_one_is_refused(
    published: Path,
) -> None:
    assert validation.read(published)["scorecard"] == "health"
    assert validation.read(published)["is_primary"] == 1
    assert validation.read(published, "loyalty")["is_primary"] == 0
    with pytest.raises(Problem) as caught:
        validation.read(published, "x")
    assert caught.value.code == USAGE and caught.value.sentence.endswith("health, loyalty.")

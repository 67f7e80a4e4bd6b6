"""The verdict in words, from figures made by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from health_score import project, terminal, validation
from health_score.exits import FAILED_AUDIT, Problem


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


def facts(*performance: dict, floors: tuple = ()) -> dict:
    return {
        "scorecard": "health",
        "publication": {
            "config_version": "7a1e", "vars_in_force": "connectors=contract; churn_source=events",
        },
        "performance": list(performance), "bands": [], "signals": [], "floors": list(floors),
        "fairness": [],
    }  # fmt: skip


def words(*performance: dict, synthetic: bool = False) -> str:
    title, _, sentences = validation.sections(facts(*performance), synthetic)[0]
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
    assert "days to renewal alone does better." in words(row())
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
    assert words(row(), synthetic=True).startswith("These are synthetic demo data")
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


def test_the_backtest_is_due_when_its_code_or_its_vars_change(tmp_path: Path) -> None:
    for name in ("models/validation", "models/marts/validation", "macros"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "macros/ratio.sql").write_text("a / b")
    here = project.Project(tmp_path, tmp_path, tmp_path, {"churn_source": "subscriptions"})
    note = {"code": validation.code_of(here), "until": [["2026-01-25"]]}
    validation.note_of(here).write_text(json.dumps(note))
    assert validation.made_of(here) == [["2026-01-25"]]
    (tmp_path / "macros/ratio.sql").write_text("a * b")
    assert validation.made_of(here) is None
    (tmp_path / "macros/ratio.sql").write_text("a / b")
    other = project.Project(tmp_path, tmp_path, tmp_path, {"churn_source": "events"})
    assert validation.made_of(other) is None


def test_the_window_of_the_words_is_that_of_the_models() -> None:
    macro = (Path(__file__).parents[2] / "macros/backtest_windows.sql").read_text("utf-8")
    assert f"'horizon': {validation.HORIZON}, 'lead': {validation.LEAD}}}" in macro

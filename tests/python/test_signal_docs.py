"""docs/signals.md says what the seeds say, and the seeds say what the definitions say."""

import csv
import shutil
from pathlib import Path

import pytest

from health_score import signal_docs

DEFINITIONS = Path(__file__).with_name("signal_definitions.csv")
# Signals of our own beyond the binding definitions: what each is for.
OUR_OWN = {"critical_ticket_open_days": "score_caps"}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def copied(tmp_path):
    """A folder with the seeds and the page, to be damaged."""
    for folder in ("seeds/config", "docs"):
        shutil.copytree(signal_docs.ROOT / folder, tmp_path / folder)
    return tmp_path


def test_the_page_is_up_to_date():
    assert signal_docs.main(["--check"]) == 0


def test_signals_are_those_of_the_definitions_and_our_own():
    defined = rows(DEFINITIONS)
    seeded = rows(signal_docs.ROOT / "seeds/config/signals.csv")
    bound = [row for row in seeded if row["signal"] not in OUR_OWN]
    assert [{name: row[name] for name in defined[0]} for row in bound] == defined
    assert OUR_OWN.keys() == {row["signal"] for row in seeded} - {row["signal"] for row in defined}


def test_our_own_signals_weigh_nothing_and_have_a_use():
    weighed = {row["signal"] for row in rows(signal_docs.ROOT / "seeds/config/signal_rules.csv")}
    assert not weighed & OUR_OWN.keys()
    for signal, seed in OUR_OWN.items():
        used = rows(signal_docs.ROOT / f"seeds/config/{seed}.csv")
        assert signal in {row["signal"] for row in used}


def test_a_pulse_warns_after_90_days_and_expires_after_120():
    seeded = {row["signal"]: row for row in rows(signal_docs.ROOT / "seeds/config/signals.csv")}
    pulse = seeded["csm_pulse"]
    ages = pulse["warn_after_days"], pulse["expire_after_days"], pulse["freshness"]
    assert ages == ("90", "120", "own")
    expected = "flagged when the answer is older than 90 days, stale after 120"
    assert signal_docs.freshness(pulse) == expected


def test_a_changed_number_makes_the_page_out_of_date(copied, capsys):
    seed = copied / "seeds/config/signal_rules.csv"
    text = seed.read_text(encoding="utf-8")
    changed = text.replace("health,*,active_days_28d,20,", "health,*,active_days_28d,21,")
    assert changed != text
    seed.write_text(changed, encoding="utf-8")

    assert signal_docs.main(["--check"], copied) == 1
    assert "out of date" in capsys.readouterr().err
    assert signal_docs.main([], copied) == 0
    assert signal_docs.main(["--check"], copied) == 0
    assert "21 % (8.4 %)" in (copied / "docs/signals.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("signal", "definition", "expected"),
    [
        ("active_days_28d", "days in the window", "28 days, D - 27 to D"),
        ("active_weeks_12w", "blocks of 7 days", "84 days, D - 83 to D"),
        ("mrr_change_365d", "mrr on D / mrr on D - 365", "compares the days D and D - 365"),
        ("tenure_years", "anniversaries passed by D", "as the definition says"),
    ],
)
def test_windows_are_read_from_the_name(signal, definition, expected):
    assert signal_docs.window({"signal": signal, "definition": definition}) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"rule": "linear", "worst": "30", "best": "7"}, "0 at 30, 100 at 7"),
        (
            {
                "rule": "per_unit",
                "points_per_unit": "5",
                "neutral": "3",
                "min_points": "-10",
                "max_points": "",
            },
            "5 x (value - 3), at least -10",
        ),
        ({"rule": "tier"}, "below 1: 20; from 1 to below 3: 65; from 3: 100"),
    ],
)
def test_rules_are_put_into_words(numbers, expected):
    key = {"scorecard": "health", "profile": "*", "signal": "goals"}
    tiers = [
        {**key, "lower_bound": lower, "upper_bound": upper, "points": points}
        for lower, upper, points in (("", "1", "20"), ("1", "3", "65"), ("3", "", "100"))
    ]
    other = {**tiers[0], "profile": "small"}
    assert signal_docs.rule_text({**key, **numbers}, [*tiers, other]) == expected

"""The reference itself: worked examples, edges of signals and of the contract, and its laws.

Worked examples that name a shipped scorecard read the shipped seeds; the tests of single rules have
configs of their own, so that retuning the seeds breaks none of them.
"""

from __future__ import annotations

import csv
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reference
import reference_input as contract
from reference_accounts import profile_of, view_of
from reference_scoring import active_override, band_of, overridden, rule_points, scores_of
from reference_signals import SIGNALS, signal_row
from worlds import (
    BROKEN_VALUES,
    build_world,
    declared_columns,
    declared_inputs,
    retuned,
    worlds,
    write_world,
)

HERE = Path(__file__).parent
SEEDS = HERE.parents[1] / "seeds" / "config"
DAY = date(2025, 6, 30)
NO_RULE = dict.fromkeys(
    ("points_per_unit", "neutral", "min_points", "max_points", "worst", "best"), ""
)
SEED_NAMES = (
    "scorecards", "profiles", "signals", "signal_inputs", "signal_rules", "signal_tiers",
    "dimension_weights", "health_bands", "score_caps", "settings",
)  # fmt: skip


def examples(*starts: str) -> list:
    with (HERE / "worked_examples.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["case"].startswith(starts)]
    return [
        pytest.param(json.loads(row["input"]), json.loads(row["expected"]), id=row["case"])
        for row in rows
    ]


def shipped() -> dict:
    if not all((SEEDS / f"{name}.csv").exists() for name in SEED_NAMES):
        pytest.skip("the shipped seeds are not there yet")
    return reference.load_config(SEEDS)


def tiny_config(**seeds: list[dict]) -> dict:
    """A config of one profile and nothing else but what is given."""
    profile = {"profile": "default", "priority": "1", "lifecycle_stage": "*", "plan": "*"}
    return {name: [] for name in SEED_NAMES} | {"profiles": [profile]} | seeds


def rule(signal: str, weight: object, kind: str = "linear", **numbers: object) -> dict:
    cells = {name: str(value) for name, value in numbers.items()}
    given_rule = {
        "scorecard": "card", "profile": "*", "signal": signal, "weight": str(weight), "rule": kind,
        "missing_policy": "exclude",
    }  # fmt: skip
    return (
        NO_RULE | ({"worst": "0", "best": "100"} if kind == "linear" else {}) | given_rule | cells
    )


def card_config(rules: list[dict], dimension_of: dict, weights: dict, **scorecard: str) -> dict:
    card = {"scorecard": "card", "method": "weighted_average", "min_coverage": "0"}
    return tiny_config(
        scorecards=[card | {"min_dimensions": "0"} | scorecard],
        signals=[{"signal": name, "dimension": of} for name, of in dimension_of.items()],
        signal_rules=rules,
        dimension_weights=[
            {"scorecard": "card", "profile": "*", "dimension": name, "weight": str(weight)}
            for name, weight in weights.items()
        ],
    )


def measured(values: dict) -> dict:
    """Signal rows of account `a` as if measured on D; None is missing."""
    return {
        ("a", signal): {
            "value": None if value is None else contract.round6(Fraction(str(value))),
            "observed_on": DAY,
            "state": "missing" if value is None else "measured",
        }
        for signal, value in values.items()
    }


def scored(config: dict, values: dict, scorecard: str = "card") -> tuple[dict, dict]:
    """(score row, signal -> driver row) of one account of the profile default."""
    scores, drivers = scores_of(config, {"a": {"profile": "default"}}, measured(values), DAY)
    of_card = {key[2]: row for key, row in drivers.items() if key[1] == scorecard}
    return scores["a", scorecard], of_card


def close(found: object, expected: float) -> bool:
    """Equal to the four decimals that the worked examples hold to."""
    return abs(Decimal(found) - Decimal(str(expected))) < Decimal("0.00005")


# ---------------------------------------------------------------------------------- worked examples


@pytest.mark.parametrize(
    ("given_values", "expected"),
    examples("impact_points", "csat_", "tenure_alone", "pricing_page", "negative_review"),
)
def test_impact_points(given_values: dict, expected: dict) -> None:
    score, drivers = scored(shipped(), given_values, "impact_points")
    points = expected.get("points", {})
    if not isinstance(points, dict):
        points = dict.fromkeys(given_values, points)
    assert {signal: drivers[signal]["points"] for signal in points} == points
    assert expected.get("score", score["score"]) == score["score"]
    assert expected.get("band", score["band"]) == score["band"]


@pytest.mark.parametrize(("given_values", "expected"), examples("band_"))
def test_bands(given_values: dict, expected: dict) -> None:
    found = band_of(shipped(), "impact_points", Decimal(str(given_values["score"])))
    assert found == expected["band"]


def test_tenure_alone_is_not_health() -> None:
    score, _ = scored(shipped(), {"tenure_years": 8}, "health")
    assert (score["score"], score["band"]) == (None, "insufficient_data")


@pytest.mark.parametrize(("given_values", "expected"), examples("weighted_40_30_30"))
def test_weighted_average(given_values: dict, expected: dict) -> None:
    rules = [rule(name, 100) for name in given_values]
    weights = dict(zip(given_values, (40, 30, 30), strict=True))
    config = card_config(rules, {name: name for name in given_values}, weights)
    score, drivers = scored(config, given_values)
    assert score["score"] == expected["score"]
    for part in ("contribution", "points_lost"):
        assert [drivers[name][part] for name in given_values] == expected[part]


def test_shipped_usage_feedback_financial_weighs_40_30_30() -> None:
    found = {
        row["dimension"]: row["weight"]
        for row in shipped()["dimension_weights"]
        if row["scorecard"] == "usage_feedback_financial"
    }
    assert found == {"usage": "40", "feedback": "30", "financial": "30"}


@pytest.mark.parametrize(("given_values", "expected"), examples("linear_"))
def test_linear(given_values: dict, expected: dict, request: pytest.FixtureRequest) -> None:
    one = rule("x", 1, worst=7, best=30)
    if "less_is_better" in request.node.callspec.id:
        one = rule("x", 1, worst=30, best=7)
    if "nps" in given_values:
        one = rule("x", 1, "per_unit", points_per_unit=1, neutral=5, min_points=-5, max_points=5)
    (value,) = given_values.values()
    assert close(rule_points(tiny_config(), one, value), expected["points"])


def weights_config(weights: list, policy: str = "exclude") -> dict:
    names = [f"s{number}" for number in range(len(weights))]
    rules = [
        rule(name, weight, missing_policy=policy)
        for name, weight in zip(names, weights, strict=True)
    ]
    settings_rows = [
        {"setting": "neutral_points", "value": "50"},
        {"setting": "min_prior_accounts", "value": "10"},
    ]
    config = card_config(rules, dict.fromkeys(names, "usage"), {"usage": 100})
    return config | {"settings": settings_rows}


@pytest.mark.parametrize(("given_values", "expected"), examples("weights_not_summing"))
def test_weights_of_what_is_measured(given_values: dict, expected: dict) -> None:
    values = {f"s{number}": points for number, points in enumerate(given_values["points"])}
    score, _ = scored(weights_config(given_values["weights"]), values)
    assert close(score["score"], expected["score"])
    assert score["coverage"] == Decimal("0.57")


@pytest.mark.parametrize(("given_values", "expected"), examples("missing_policies"))
@pytest.mark.parametrize("policy", ["exclude", "zero", "neutral", "prior"])
def test_missing_policies(policy: str, given_values: dict, expected: dict) -> None:
    config = weights_config(given_values["weights"], policy)
    names = [row["signal"] for row in config["signals"]]
    signals = measured(dict(zip(names, given_values["points"], strict=True)))
    for other in range(10):
        priors = measured(dict(zip(names, given_values["prior"], strict=True)))
        signals |= {(f"other{other}", signal): row for (_, signal), row in priors.items()}
    accounts = {account: {"profile": "default"} for account, _ in signals}
    scores, drivers = scores_of(config, accounts, signals, DAY)
    score = scores["a", "card"]
    assert close(score["score"], expected[policy])
    for part in ("coverage", "score_low", "score_high"):
        assert close(score[part], expected[part])
    imputed = [drivers["a", "card", name]["is_imputed"] for name in names]
    assert imputed == ([0] * 6 if policy == "exclude" else [0, 1, 0, 0, 1, 0])


def test_prior_of_nine_accounts_is_left_out() -> None:
    signals = measured({"s0": None, "s1": 40})
    for other in range(9):
        signals[f"other{other}", "s0"] = measured({"s0": 80})["a", "s0"]
    accounts = {account: {"profile": "default"} for account, _ in signals}
    scores, _ = scores_of(weights_config([50, 50], "prior"), accounts, signals, DAY)
    assert scores["a", "card"]["score"] == 40


@pytest.mark.parametrize(("given_values", "expected"), examples("override_expiry"))
def test_override_expiry(given_values: dict, expected: dict) -> None:
    override = {
        "override_id": "o1", "account_id": "a", "scorecard": "card", "kind": "set",
        "value": Decimal(given_values["override"]),
        "starts_on": datetime(2025, 6, 1), "expires_on": datetime(2025, 6, 30),
    }  # fmt: skip
    found = [
        overridden(
            Decimal(given_values["score"]),
            active_override([override], "a", "card", date(2025, 5, 31) + timedelta(days=days)),
        )
        for days in given_values["days"]
    ]
    assert found == expected["effective"]


@pytest.mark.parametrize(("given_values", "expected"), examples("ticket_streak"))
def test_ticket_streak(given_values: dict, expected: dict) -> None:
    rows = [ticket(f"t{n}", opened_at=ago(n)) for n in range(given_values["ticket_days"])]
    found = value_of("ticket_streak_days", support_tickets=rows)
    assert found == expected["ticket_streak_days"]
    assert (found > 7) is expected["flagged"]


# ------------------------------------------------------------------------------------ signal edges


def ago(days: int, hour: int = 12) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, hour) - timedelta(days=days)


def account(account_id: str = "a", signed_up_at: datetime | None = None, **cells: object) -> dict:
    return {"account_id": account_id, "signed_up_at": signed_up_at or ago(1000), **cells}


def event(event_id: str, days: int, **cells: object) -> dict:
    return {"event_id": event_id, "account_id": "a", "occurred_at": ago(days), **cells}


def ticket(ticket_id: str, **cells: object) -> dict:
    return {"ticket_id": ticket_id, "account_id": "a", "opened_at": ago(5), **cells}


def subscription(subscription_id: str, start: int, end: int | None = None, **cells: object) -> dict:
    return {
        "subscription_id": subscription_id, "account_id": "a", "started_at": ago(start, 0),
        "ended_at": None if end is None else ago(end, 0), **cells,
    }  # fmt: skip


def prepared_of(tables: dict, config: dict | None = None, **variables: object) -> dict:
    tables = {"accounts": [account()], **tables}
    declared = {
        name: {column for row in rows for column in row} for name, rows in tables.items() if rows
    }
    return contract.prepare(tables, declared, config or tiny_config(), variables)


def row_of(signal: str, freshness: str = "source", expires: str = "", **tables: list) -> dict:
    definition = {"signal": signal, "freshness": freshness, "expire_after_days": expires}
    inputs = [
        {"signal": signal, "table_name": name, "column_name": "*"}
        for name in tables
        if name != "accounts"
    ]
    config = tiny_config(signals=[definition | {"dimension": "x"}], signal_inputs=inputs)
    view = view_of(prepared_of(tables, config), config, DAY)
    return signal_row(view, "a", definition)


def value_of(signal: str, **tables: list) -> Decimal | None:
    own = signal in ("nps_latest", "csat_latest", "csm_pulse")
    return row_of(signal, "own" if own else "source", **tables)["value"]


def test_a_window_has_both_ends_and_no_future() -> None:
    rows = [event("first", 27), event("before", 28), event("last", 0), event("future", -1)]
    assert value_of("active_days_28d", usage_events=rows) == 2
    assert value_of("usage_trend", usage_events=rows) == 6
    assert value_of("days_since_last_use", usage_events=rows) == 0
    edges = [event(f"e{days}", days) for days in (6, 7, 83, 84)]
    assert value_of("active_weeks_12w", usage_events=edges) == 3


def test_usage_trend_of_a_young_account_or_without_history_is_missing() -> None:
    rows = [event("now", 0), event("then", 111)]
    assert value_of("usage_trend", usage_events=rows) == 3
    young = account(signed_up_at=ago(111))
    assert value_of("usage_trend", usage_events=rows, accounts=[young]) is None
    assert value_of("usage_trend", usage_events=[event("now", 0), event("then", 112)]) is None


def test_sessions_and_seats() -> None:
    rows = [
        event("e1", 0, session_id="s1", duration_seconds=60, user_id="u1"),
        event("e2", 0, session_id="s1", duration_seconds=30, user_id="u2"),
        event("e3", 1, session_id="s2", duration_seconds=None, user_id=None),
    ]
    subscriptions = [subscription("s", 10, seats=4), subscription("x", 10, seats=9, is_addon=True)]
    assert value_of("avg_session_minutes_28d", usage_events=rows) == Decimal("1.5")
    assert value_of("sessions_per_active_day_28d", usage_events=rows) == 1
    tables = {"usage_events": rows, "subscriptions": subscriptions}
    assert value_of("seat_utilisation", **tables) == Decimal("0.5")
    tables["subscriptions"] = [subscription("s", 10, seats=0)]
    assert value_of("seat_utilisation", **tables) is None


def test_silence_is_zero_and_a_dead_feed_is_stale() -> None:
    rows = [event("e", 20, account_id="b")]
    accounts = [account(), account("b")]
    live = row_of("logins_28d", expires="20", usage_events=rows, accounts=accounts)
    assert (live["value"], live["state"], live["observed_on"]) == (0, "measured", ago(20).date())
    dead = row_of("logins_28d", expires="19", usage_events=rows, accounts=accounts)
    assert (dead["value"], dead["state"]) == (0, "stale")
    nothing = row_of("logins_28d", usage_events=[])
    assert (nothing["value"], nothing["state"]) == (None, "not_applicable")


@pytest.mark.parametrize(
    ("resolved", "reopened", "is_open"),
    [
        (None, None, 1),
        (ago(1), None, 0),
        (ago(-1), None, 1),
        (ago(3), ago(1), 1),
        (ago(3), ago(-1), 0),
        (ago(1), ago(3), 0),
        (ago(3), ago(3), 1),
    ],
)
def test_open_tickets(resolved: object, reopened: object, is_open: int) -> None:
    rows = [ticket("t", resolved_at=resolved, reopened_at=reopened)]
    assert value_of("open_tickets", support_tickets=rows) == is_open
    assert value_of("resolved_tickets_90d", support_tickets=rows) == 1 - is_open


def test_support_means_are_over_what_happened_in_the_window() -> None:
    rows = [
        ticket("t1", opened_at=ago(95), first_responded_at=ago(89), resolved_at=ago(89)),
        ticket("t2", opened_at=ago(5), first_responded_at=ago(5, 15), contact_count=1),
        ticket("t3", opened_at=ago(99), first_responded_at=ago(90), ticket_type="question"),
    ]
    assert value_of("first_response_hours_90d", support_tickets=rows) == Decimal("73.5")
    assert value_of("resolution_hours_90d", support_tickets=rows) == 144
    assert value_of("first_contact_resolution_rate_90d", support_tickets=rows) is None
    assert value_of("question_share_90d", support_tickets=rows) is None
    assert value_of("tickets_opened_90d", support_tickets=rows) == 1


def test_a_ticket_streak_may_end_yesterday() -> None:
    rows = [ticket(f"t{days}", opened_at=ago(days)) for days in (1, 2, 4)]
    assert value_of("ticket_streak_days", support_tickets=rows) == 2
    assert value_of("ticket_streak_days", support_tickets=rows[1:]) == 0


def answer(response_id: str, score: object, days: int, survey: str = "nps") -> dict:
    return {
        "response_id": response_id, "account_id": "a", "survey_type": survey, "score": score,
        "responded_at": ago(days),
    }  # fmt: skip


def test_answers() -> None:
    rows = [answer("r1", 10, 364), answer("r2", 6, 3), answer("r3", 8, 3), answer("r4", 0, 365)]
    found = row_of("nps_latest", "own", "2", survey_responses=rows)
    assert (found["value"], found["observed_on"]) == (8, ago(3).date())
    assert found["state"] == "stale"
    assert value_of("nps_score_365d", survey_responses=rows) == 0
    assert value_of("csat_latest", survey_responses=rows) is None


def test_money_needs_a_rate() -> None:
    rates = [
        {"currency": "EUR", "valid_from": ago(400, 0), "rate": Decimal("1.1")},
        {"currency": "EUR", "valid_from": ago(0, 0), "rate": Decimal("1.2")},
    ]
    rows = [subscription("s1", 500, mrr=100, currency="EUR"), subscription("s2", 5, mrr=50)]
    assert value_of("mrr", subscriptions=rows, exchange_rates=rates) == 170
    assert value_of("mrr_change_365d", subscriptions=rows, exchange_rates=rates) == Decimal(
        "0.545455"
    )
    assert value_of("mrr", subscriptions=rows) is None
    invoice = {
        "invoice_id": "i", "account_id": "a", "amount": 10, "currency": "EUR",
        "issued_at": ago(10), "paid_at": ago(1),
    }  # fmt: skip
    assert value_of("total_spend", invoices=[invoice], exchange_rates=rates) == 11


def test_a_zero_of_mrr_a_year_ago_gives_no_change() -> None:
    rows = [subscription("s1", 100, mrr=100)]
    assert value_of("mrr_change_365d", subscriptions=rows) is None


@pytest.mark.parametrize(
    ("pause", "amounts", "ups", "downs"),
    [(0, (10, 20), 1, 0), (30, (20, 10), 0, 1), (31, (10, 20), 0, 0), (-1, (10, 20), 0, 0)],
)
def test_plan_changes(pause: int, amounts: tuple, ups: int, downs: int) -> None:
    rows = [
        subscription("s1", 300, 100, mrr=amounts[0]),
        subscription("s2", 100 - pause, mrr=amounts[1]),
    ]
    assert value_of("upgrades", subscriptions=rows) == ups
    assert value_of("downgrades_365d", subscriptions=rows) == downs


def test_plan_changes_between_currencies_need_a_rate() -> None:
    rows = [
        subscription("s1", 300, 100, mrr=10, currency="EUR"),
        subscription("s2", 100, mrr=20, currency="USD"),
    ]
    assert value_of("upgrades", subscriptions=rows) is None
    rates = [{"currency": "EUR", "valid_from": ago(50), "rate": 3}]
    assert value_of("upgrades", subscriptions=rows, exchange_rates=rates) == 0


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(2023, 2, 27), 2),
        (date(2023, 2, 28), 3),
        (date(2024, 2, 28), 3),
        (date(2024, 2, 29), 4),
    ],
)
def test_a_leap_day_has_its_anniversary_on_28_february(day: date, years: int) -> None:
    prepared = prepared_of({"accounts": [account(signed_up_at=datetime(2020, 2, 29))]})
    assert SIGNALS["tenure_years"](view_of(prepared, tiny_config(), day), "a") == years


@pytest.mark.parametrize(
    ("due", "paid", "overdue", "late"),
    [(1, None, 1, 1), (0, None, 0, 0), (5, 4, 0, 1), (5, 5, 0, 0), (5, -1, 1, 1)],
)
def test_overdue_and_late(due: int, paid: int | None, overdue: int, late: int) -> None:
    invoice = {
        "invoice_id": "i", "account_id": "a", "amount": 10, "issued_at": ago(20),
        "due_at": ago(due), "paid_at": None if paid is None else ago(paid), "voided_at": None,
    }  # fmt: skip
    assert value_of("invoices_overdue", invoices=[invoice]) == overdue
    assert value_of("days_overdue_max", invoices=[invoice]) == overdue * due
    assert value_of("late_payment_rate_365d", invoices=[invoice]) == late
    assert value_of("late_payment_rate_365d", invoices=[invoice | {"voided_at": ago(0)}]) is None


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        ({}, 5),
        ({"severity": "high"}, 0),
        ({"resolved_at": ago(1)}, 0),
        ({"resolved_at": ago(-1)}, 5),
        ({"resolved_at": ago(4), "reopened_at": ago(2)}, 2),
        ({"resolved_at": ago(4), "reopened_at": ago(-1)}, 0),
    ],
)
def test_days_a_critical_ticket_has_been_open(cells: dict, days: int) -> None:
    ticket = {
        "ticket_id": "t", "account_id": "a", "opened_at": ago(5), "severity": "critical",
        "resolved_at": None, "reopened_at": None, "first_responded_at": None,
    }  # fmt: skip
    assert value_of("critical_ticket_open_days", support_tickets=[ticket | cells]) == days


@pytest.mark.parametrize(
    ("third", "query", "expected"),
    [(10, 10, 1), (10, 3, 1), (10, 2, 0), (10, 11, 0), (25, 25, 1), (26, 25, 0)],
)
def test_pricing_page_streak_with_query(third: int, query: int, expected: int) -> None:
    rows = [event(f"v{n}", third + n, channel="web", action="pricing_view") for n in range(3)] + [
        event("q", query, channel="web", action="query")
    ]
    assert value_of("pricing_page_streak_with_query", engagement_events=rows) == expected


def test_peers_of_the_profile() -> None:
    others = [account(f"p{n}") for n in range(10)]
    rows = [event("own", 0), event("p0", 0, account_id="p0")]
    rows += [event(f"p1-{n}", n, account_id="p1") for n in range(2)]
    tables = {"usage_events": rows, "accounts": [account(), *others]}
    assert value_of("usage_peer_percentile", **tables) == 85
    tables["accounts"] = tables["accounts"][:-1]
    assert value_of("usage_peer_percentile", **tables) is None


# ------------------------------------------------------------------------------- the input contract


def statuses(name: str, prepared: dict) -> list[str]:
    return [status for status, _ in prepared["statuses"][name]]


def test_a_duplicate_is_the_same_key_with_the_same_content() -> None:
    rows = [event("e", 1), event("e", 1), event("e", 2), event("e", 1, feature="reports")]
    found = statuses("usage_events", prepared_of({"usage_events": rows}))
    assert found == ["accepted", "duplicate", "accepted", "accepted"]


def test_the_earliest_known_duplicate_is_kept() -> None:
    rows = [event("e", 9, _loaded_at=ago(2)), event("e", 9, _loaded_at=ago(9, 13))]
    prepared = prepared_of({"usage_events": rows})
    assert statuses("usage_events", prepared) == ["duplicate", "accepted"]
    assert prepared["rows"]["usage_events"][0]["_known_on"] == ago(9).date()


@pytest.mark.parametrize(("late", "known"), [(0, 9), (1, 7)])
def test_known_on_within_the_grace(late: int, known: int) -> None:
    loaded = ago(8, 0) + timedelta(hours=36, seconds=late)
    prepared = prepared_of({"usage_events": [event("e", 9, _loaded_at=loaded)]})
    assert prepared["rows"]["usage_events"][0]["_known_on"] == ago(known).date()


def test_versions_of_a_ticket_replay() -> None:
    rows = [
        ticket("t", opened_at=ago(30), resolved_at=None, _loaded_at=ago(30, 13)),
        ticket("t", opened_at=ago(30), resolved_at=ago(20), _loaded_at=ago(10)),
    ]
    prepared = prepared_of({"support_tickets": rows})
    assert statuses("support_tickets", prepared) == ["superseded", "accepted"]
    for days, expected in ((31, 0), (15, 1), (10, 0)):
        view = view_of(prepared, tiny_config(), ago(days).date())
        assert SIGNALS["open_tickets"](view, "a") == expected


def test_a_row_of_a_rejected_account_is_rejected() -> None:
    tables = {
        "accounts": [account(), account("b", employee_count=-1)],
        "usage_events": [event("e1", 1), event("e2", 1, account_id="b")],
    }
    prepared = prepared_of(tables)
    assert statuses("accounts", prepared) == ["accepted", "rejected"]
    assert statuses("usage_events", prepared) == ["accepted", "rejected"]


def test_erasure_rejects_an_account_and_forgets_a_user() -> None:
    tables = {
        "accounts": [account(), account("b")],
        "users": [{"user_id": "u1", "account_id": "a"}],
        "usage_events": [event("e1", 1, user_id="u1"), event("e2", 1, account_id="b")],
        "erasure_requests": [
            {"account_id": "b", "user_id": None, "requested_at": ago(0)},
            {"account_id": None, "user_id": "u1", "requested_at": ago(0)},
            {"account_id": None, "user_id": None, "requested_at": ago(0)},
        ],
    }
    prepared = prepared_of(tables)
    assert statuses("accounts", prepared) == ["accepted", "rejected"]
    assert statuses("users", prepared) == ["rejected"]
    assert statuses("usage_events", prepared) == ["accepted", "rejected"]
    assert statuses("erasure_requests", prepared) == ["accepted", "accepted", "rejected"]
    assert prepared["rows"]["usage_events"][0]["user_id"] is None


def test_text_is_read_by_its_declared_form() -> None:
    rows = [
        event("e1", 1) | {"occurred_at": "2025-06-29T12:00:00Z", "duration_seconds": "1.5"},
        event("e2", 1) | {"occurred_at": "soon", "duration_seconds": "1"},
        event("e3", 1) | {"occurred_at": "2025-06-29", "duration_seconds": "many"},
    ]
    prepared = prepared_of({"usage_events": rows})
    assert statuses("usage_events", prepared) == ["accepted", "rejected", "rejected"]


def test_before_the_first_version_in_force_the_current_value_counts() -> None:
    versions = [
        {"account_id": "a", "valid_from": ago(10), "plan": "pro", "employee_count": None},
        {"account_id": "a", "valid_from": ago(5), "plan": None, "employee_count": 50},
    ]
    tables = {
        "accounts": [account(plan="now", csm="Kim", employee_count=99)],
        "account_versions": versions,
    }
    prepared = prepared_of(tables)
    for days, expected in ((11, ("now", 99)), (7, ("pro", 99)), (0, ("pro", 50))):
        facts = view_of(prepared, tiny_config(), ago(days).date())["live"]["a"]
        assert (facts["plan"], facts["employee_count"], facts["csm"]) == (*expected, "Kim")


@pytest.mark.parametrize(
    ("rows", "stage"),
    [
        ([], "established"),
        ([subscription("s", 10, account_id="b")], "trial"),
        ([subscription("s", 10, is_trial=True)], "trial"),
        ([subscription("s", 10, is_addon=True)], "trial"),
        ([subscription("s", 10)], "established"),
        ([subscription("s", 10, 0)], None),
        ([subscription("s", 10, -1)], "established"),
    ],
)
def test_who_is_live(rows: list, stage: str | None) -> None:
    tables = {"accounts": [account(), account("b")], "subscriptions": rows}
    live = view_of(prepared_of(tables), tiny_config(), DAY)["live"]
    assert (live["a"]["lifecycle_stage"] if "a" in live else None) == stage


def plain_world() -> dict:
    shape = {
        "seed": 1, "day": DAY, "kinds": ["steady", "churned", "steady"], "silent": {},
        "fullness": dict.fromkeys(contract.CONTRACT, "full"), "loads": "none", "copies": 0,
        "breaks": 0, "thin": 0, "erasures": 0, "alike": True, "as_text": False, "extra": False,
        "split": [], "churn_source": "subscriptions",
    }  # fmt: skip
    return build_world(shape)


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [(name, *broken) for name, values in BROKEN_VALUES.items() for broken in values]
    + [(name, c["required"][0], None) for name, c in contract.CONTRACT.items()]
    + [(name, c["times"][0], datetime(2100, 1, 1)) for name, c in contract.CONTRACT.items()]
    + [
        (name, "account_id", "ghost")
        for name, c in contract.CONTRACT.items()
        if "account_id" in c["required"] and name != "accounts"
    ],
)
def test_a_row_that_breaks_the_contract_is_rejected(name: str, column: str, value: object) -> None:
    world = plain_world()
    tables = world["tables"]
    if name == "erasure_requests":
        tables[name] = [{"account_id": "z", "user_id": None, "requested_at": ago(1)}]
    good = next(row for row in tables[name] if row[contract.CONTRACT[name]["times"][0]])
    tables[name] = [good, good | {column: value}]
    scorecards = [{"scorecard": name} for name in ("health", "impact_points", "adoption")]
    config = tiny_config(scorecards=scorecards)
    prepared = contract.prepare(tables, declared_columns(world), config, {})
    assert [status for status, _ in prepared["statuses"][name]] == ["accepted", "rejected"]


# --------------------------------------------------------------------------- caps, bounds, coverage


def test_half_a_millionth_is_rounded_away_from_zero() -> None:
    assert contract.round6(Fraction(5, 10**7)) == Decimal("0.000001")
    assert contract.round6(Fraction(-5, 10**7)) == Decimal("-0.000001")
    assert contract.round6(Fraction(2, 3)) == Decimal("0.666667")


def test_a_negative_weight_swaps_the_bounds_of_a_sum() -> None:
    rules = [
        rule("x", -2, "per_unit", points_per_unit=1, min_points=0, max_points=10),
        rule("y", 1, "per_unit", points_per_unit=1),
    ]
    config = card_config(rules, {"x": "usage", "y": "usage"}, {}, method="sum")
    score, _ = scored(config, {"x": None, "y": 5})
    assert (score["score"], score["score_low"], score["score_high"]) == (5, -15, 5)
    assert score["coverage"] == Decimal("0.333333")
    unbounded, _ = scored(config, {"x": 1, "y": None})
    assert (unbounded["score_low"], unbounded["score_high"]) == (None, None)


def test_a_tier_is_half_open() -> None:
    tiers = [
        {"lower_bound": "", "upper_bound": "5", "points": "10"},
        {"lower_bound": "5", "upper_bound": "", "points": "90"},
    ]
    keys = {"scorecard": "card", "profile": "*", "signal": "x"}
    config = tiny_config(signal_tiers=[keys | tier for tier in tiers])
    found = [rule_points(config, rule("x", 1, "tier"), Fraction(v, 10)) for v in (49, 50, 51)]
    assert found == [10, 90, 90]


def test_the_lowest_cap_counts_and_an_override_comes_last() -> None:
    config = weights_config([100])
    cells = {"scorecard": "card", "signal": "s0", "comparison": ">=", "threshold": "50"}
    caps = [cells | {"cap_name": name, "cap": cap} for name, cap in (("a", "60"), ("b", "40"))]
    config["score_caps"] = caps
    override = {
        "override_id": "o1", "account_id": "a", "scorecard": "card", "kind": "floor",
        "value": Decimal(45), "starts_on": ago(1, 0), "expires_on": ago(0, 0),
    }  # fmt: skip
    accounts, signals = {"a": {"profile": "default"}}, measured({"s0": 80})
    scores, _ = scores_of(config, accounts, signals, DAY, [override])
    found = scores["a", "card"]
    assert (found["score"], found["capped_score"], found["cap_name"]) == (80, 40, "b")
    assert found["effective_score"] == 45


@pytest.mark.parametrize(("kind", "effective"), [("set", 45), ("cap", None), ("floor", None)])
def test_only_set_applies_without_a_score(kind: str, effective: int | None) -> None:
    assert overridden(None, {"kind": kind, "value": Decimal(45)}) == effective


@pytest.mark.parametrize(
    ("needs", "score"),
    [
        ({}, 50),
        ({"min_coverage": "0.75"}, 50),
        ({"min_coverage": "0.750001"}, None),
        ({"min_dimensions": "2"}, 50),
        ({"min_dimensions": "3"}, None),
    ],
)
def test_too_little_measured_gives_no_score(needs: dict, score: int | None) -> None:
    rules = [rule("x", 100), rule("y", 50), rule("y2", 50)]
    dimension_of = {"x": "usage", "y": "support", "y2": "support"}
    config = card_config(rules, dimension_of, {"usage": 50, "support": 50}, **needs)
    found, drivers = scored(config, {"x": 80, "y": 20, "y2": None})
    assert (found["score"], found["coverage"]) == (score, Decimal("0.75"))
    assert (found["score_low"], found["score_high"]) == (45, 70)
    assert drivers["y"]["weight"] == Decimal("0.5")
    assert drivers["y"]["contribution"] == (None if score is None else 10)
    assert (drivers["y2"]["weight"], drivers["y2"]["contribution"]) == (0, None)


def test_what_is_not_applicable_lowers_only_source_coverage() -> None:
    rules = [rule("x", 100), rule("y", 60), rule("z", 40)]
    dimension_of = {"x": "usage", "y": "support", "z": "support"}
    config = card_config(rules, dimension_of, {"usage": 75, "support": 25})
    score, drivers = scored(config, {"x": 80, "z": 40})
    assert (score["score"], score["coverage"]) == (70, 1)
    assert score["source_coverage"] == Decimal("0.85")
    assert drivers["y"]["state"] == "not_applicable"


def test_an_exact_profile_row_beats_any() -> None:
    config = card_config([rule("x", 100)], {"x": "usage"}, {"usage": 100})
    config["signal_rules"].insert(0, rule("x", 100, profile="default", best="50"))
    config["signal_rules"].append(rule("x", 100, profile="other", best="25"))
    score, _ = scored(config, {"x": 20})
    assert score["score"] == 40


def test_a_weight_of_zero_takes_a_signal_out() -> None:
    config = card_config([rule("x", 100), rule("y", 0)], {"x": "u", "y": "u"}, {"u": 100})
    score, drivers = scored(config, {"x": 20, "y": None})
    assert (score["coverage"], list(drivers)) == (1, ["x"])


def test_the_first_profile_whose_conditions_hold() -> None:
    row = {"lifecycle_stage": "*", "plan": "*"}
    profiles = [
        row | {"profile": "default", "priority": "9"},
        row | {"profile": "big", "priority": "3", "employee_count_from": "100"},
        row | {"profile": "new", "priority": "2", "account_age_days_below": "90"},
        row | {"profile": "pro", "priority": "1", "plan": "pro", "seats_below": "5"},
    ]
    config = tiny_config(profiles=profiles)
    facts = {"lifecycle_stage": "established", "plan": "pro", "account_age_days": 90}
    for seats, employees, expected in (
        (4, 100, "pro"),
        (5, 100, "big"),
        (None, 99, "default"),
        (None, None, "default"),
    ):
        found = profile_of(config, facts | {"seats": seats, "employee_count": employees})
        assert found == expected
    young = facts | {"seats": 5, "employee_count": 100, "account_age_days": 89}
    assert profile_of(config, young) == "new"


def test_a_needed_column_that_is_not_fed_makes_a_signal_not_applicable() -> None:
    definition = {"signal": "features_used_28d", "freshness": "source", "expire_after_days": ""}
    need = {"signal": "features_used_28d", "table_name": "usage_events", "column_name": "feature"}
    config = tiny_config(signals=[definition], signal_inputs=[need])
    for cells, expected in (({}, "not_applicable"), ({"feature": None}, "measured")):
        prepared = prepared_of({"usage_events": [event("e", 1, **cells)]}, config)
        found = signal_row(view_of(prepared, config, DAY), "a", definition)
        assert found["state"] == expected


def test_a_table_is_fed_once_a_row_of_it_is_known() -> None:
    rows = [event("future", -1), event("late", 9, _loaded_at=ago(-1))]
    assert row_of("logins_28d", usage_events=rows)["state"] == "not_applicable"


def test_who_is_live_does_not_depend_on_churn_events() -> None:
    churn = {"event_id": "x1", "account_id": "a", "churned_at": ago(9), "is_reactivation": None}
    prepared = prepared_of({"churn_events": [churn]}, churn_source="events")
    assert "a" in view_of(prepared, tiny_config(), DAY)["live"]


def test_due_and_renewal_times_may_be_anything() -> None:
    rows = [subscription("s", 9, renews_at=datetime(2150, 1, 1))]
    assert statuses("subscriptions", prepared_of({"subscriptions": rows})) == ["accepted"]


def test_the_reporting_currency_is_worth_one_whatever_is_fed() -> None:
    rates = [{"currency": "USD", "valid_from": ago(9), "rate": 3}]
    rows = [subscription("s", 5, mrr=50, currency="USD")]
    assert value_of("mrr", subscriptions=rows, exchange_rates=rates) == 50


def test_an_amount_is_rounded_before_it_is_added() -> None:
    rates = [{"currency": "EUR", "valid_from": ago(9), "rate": Decimal("0.333333")}]
    rows = [subscription(f"s{n}", 5, mrr=Decimal("0.05"), currency="EUR") for n in range(2)]
    found = value_of("mrr", subscriptions=rows, exchange_rates=rates)
    assert found == 2 * Decimal("0.016667")


def test_what_was_once_heard_of_a_day_stays_heard() -> None:
    rows = [
        ticket("t", opened_at=ago(30), resolved_at=ago(9), _loaded_at=ago(9, 13)),
        ticket("t", opened_at=ago(30), resolved_at=None, _loaded_at=ago(3)),
    ]
    assert row_of("open_tickets", support_tickets=rows)["observed_on"] == ago(9).date()


@pytest.mark.parametrize(
    ("tables", "days"),
    [
        ({"usage_events": [event("e", 3)], "csm_pulses": []}, 4),
        ({"exchange_rates": [{"currency": "EUR", "valid_from": ago(2), "rate": 1}]}, 3),
        ({}, 1001),
    ],
)
def test_default_score_date(tables: dict, days: int) -> None:
    assert reference.default_score_date(prepared_of(tables)) == ago(days).date()


def test_a_bulk_load_was_known_when_it_happened() -> None:
    rows = [event("e1", 100, _loaded_at=ago(50)), event("e2", 100, _loaded_at=ago(49))]
    prepared = prepared_of({"usage_events": rows}, history_loaded_before=str(ago(50)))
    found = [row["_known_on"] for row in prepared["rows"]["usage_events"]]
    assert found == [ago(100).date(), ago(49).date()]
    assert reference.default_score_date(prepared) == ago(101).date()


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({}, "accepted"),
        ({"expires_on": ago(-89)}, "accepted"),
        ({"expires_on": ago(-90)}, "rejected"),
        ({"expires_on": ago(1)}, "rejected"),
        ({"reason": None}, "rejected"),
        ({"author": None}, "rejected"),
        ({"kind": "raise"}, "rejected"),
        ({"scorecard": "ghost"}, "rejected"),
        ({"value": 100}, "accepted"),
        ({"value": 101}, "rejected"),
        ({"value": -1}, "rejected"),
        ({"value": 101, "scorecard": "points"}, "accepted"),
    ],
)
def test_overrides_need_a_reason_and_an_end(cells: dict, status: str) -> None:
    override = {
        "override_id": "o", "account_id": "a", "scorecard": "health", "kind": "set", "value": 1,
        "reason": "r", "author": "Kim", "starts_on": ago(0), "expires_on": ago(0),
    }  # fmt: skip
    config = tiny_config(
        scorecards=[
            {"scorecard": "health", "method": "weighted_average"},
            {"scorecard": "points", "method": "sum"},
        ]
    )
    prepared = prepared_of({"score_overrides": [override | cells]}, config)
    assert statuses("score_overrides", prepared) == [status]


# ------------------------------------------------------------------------------------- laws, worlds

WORLDS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def results_of(world: dict, config: dict) -> dict:
    declared = declared_columns(world)
    return reference.score(
        world["tables"], declared, config, world["variables"], world["score_dates"]
    )


@WORLDS
@given(worlds(), st.integers(0, 99))
def test_laws_hold_in_every_world(world: dict, tuning: int) -> None:
    results = results_of(world, retuned(shipped(), tuning))
    for counts in results["counts"].values():
        assert counts["raw"] == sum(counts.values()) - counts["raw"]
    assert results["accounts"]
    sums = dict.fromkeys(results["scores"], Decimal(0))
    for (day, account_id, scorecard, _), row in results["drivers"].items():
        sums[day, account_id, scorecard] += row["contribution"] or 0
    for key, row in results["scores"].items():
        assert row["score"] in (None, sums[key])
        assert row["coverage"] is None or 0 <= row["coverage"] <= 1
        assert row["source_coverage"] is None or 0 <= row["source_coverage"] <= 1
        if row["score_low"] is not None and row["score_high"] is not None:
            assert row["score_low"] <= row["score_high"]
        assert (row["band"] == "insufficient_data") == (row["effective_score"] is None)


@WORLDS
@given(worlds(most_accounts=8), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(world: dict, rng: object) -> None:
    before = results_of(world, shipped())
    for rows in world["tables"].values():
        rng.shuffle(rows)
    after = results_of(world, shipped())
    for part in ("counts", "accounts", "signals", "drivers", "scores"):
        assert before[part] == after[part]


@settings(WORLDS, max_examples=8)
@given(world=worlds(most_accounts=8), format=st.sampled_from(["csv", "parquet"]))
def test_written_worlds_read_back(
    world: dict, format: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The files, read again as declared, give the same results as the world in memory."""
    folder = write_world(world, tmp_path_factory.mktemp("world"), format)
    inputs = declared_inputs(world, format)["contract"]
    tables = {name: read_back(folder, name, columns) for name, columns in inputs.items()}
    again = results_of(world | {"tables": tables}, shipped())
    expected = results_of(world, shipped())
    for part in ("counts", "accounts", "signals", "drivers", "scores"):
        assert again[part] == expected[part]


def read_back(folder: Path, name: str, columns: dict[str, str]) -> list[dict]:
    if (folder / f"{name}.csv").exists():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    files = f"{folder}/{name}/*.parquet" if (folder / name).is_dir() else f"{folder}/{name}.parquet"
    with duckdb.connect() as connection:
        cells = ", ".join(
            f"cast({column} at time zone 'UTC' as varchar) as {column}"
            if kind == "timestamptz"
            else column
            for column, kind in columns.items()
        )
        found = connection.execute(f"select {cells} from read_parquet('{files}')")
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def test_every_shipped_signal_has_a_reference() -> None:
    assert {row["signal"] for row in shipped()["signals"]} == set(SIGNALS)

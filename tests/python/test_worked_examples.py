"""The worked examples through the real project: raw rows in, marts out, one build for all of them.

An account per example brings about exactly the signal values that the example names. Examples of
the published impact points read the shipped seeds. Mechanics such as weighted means and missing
policies have scorecards of their own, in rows appended to a copy of the seeds.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import pytest

import reference
from real_project import ROOT, build, warehouse
from reference_input import CONTRACT, DAY
from worlds import declared_inputs, write_config, write_world

pytestmark = pytest.mark.dbt

D = date(2025, 6, 30)
# Examples of mechanics that the project does not have yet.
LATER = ("change_ledger", "wilson_8_of_40", "wilson_0_of_25", "lift_shares_ties", "auc_with_ties")
TO_FOUR_DECIMALS = Decimal("0.00005")
ENTERPRISE = 5000  # employees; a profile that only the accounts with a prior have


def examples() -> dict[str, tuple[dict, dict]]:
    with (Path(__file__).parent / "worked_examples.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["case"]: (json.loads(row["input"]), json.loads(row["expected"]))
            for row in csv.DictReader(file)
        }


EXAMPLES = {case: pair for case, pair in examples().items() if case not in LATER}


def cases(*starts: str) -> list:
    return [pytest.param(case, id=case) for case in EXAMPLES if case.startswith(starts)]


# ------------------------------------------------------------------------------ raw rows of a value


def ago(days: int, hour: int = 12) -> datetime:
    return datetime.combine(D - days * DAY, time(hour))


def events(account: str, count: int, **cells: str) -> list[dict]:
    """Events on one day a week before D, each another one."""
    row = {"account_id": account, "occurred_at": ago(7), **cells}
    return [{"event_id": f"{account}-{'-'.join(cells.values())}-{n}", **row} for n in range(count)]


def pricing_views_and_query(account: str, value: int) -> list[dict]:
    views = events(account, 3, channel="web", action="pricing_view")
    views = [row | {"occurred_at": ago(10 + n)} for n, row in enumerate(views)]
    return views + events(account, value, channel="web", action="query")


def answer(account: str, score: object, survey: str) -> list[dict]:
    return [
        {
            "response_id": f"{account}-{survey}", "account_id": account, "survey_type": survey,
            "score": Decimal(str(score)), "responded_at": ago(3),
        }
    ]  # fmt: skip


def tickets(account: str, count: int, newest: int, resolved_at: datetime | None = None) -> list:
    """Tickets of consecutive days, the newest so many days before D."""
    return [
        {
            "ticket_id": f"{account}-{days}", "account_id": account, "opened_at": ago(days),
            "resolved_at": resolved_at,
        }
        for days in range(newest, newest + count)
    ]  # fmt: skip


def subscription(account: str, number: int, start: int, mrr: object, **cells: object) -> dict:
    return {
        "subscription_id": f"{account}-{number:02}", "account_id": account,
        "started_at": ago(start), "mrr": Decimal(str(mrr)), **cells,
    }  # fmt: skip


def running(account: str, mrr: object) -> list[dict]:
    """A subscription of less than a year that renews in 21 days."""
    return [subscription(account, 1, 100, mrr, renews_at=ago(-21))]


def upgraded(account: str, before: object, after: object) -> list[dict]:
    """A subscription of two years before D and its successor, which began 100 days before D."""
    return [
        subscription(account, 1, 731, before, ended_at=ago(100)),
        subscription(account, 2, 100, after),
    ]


def addons(account: str, count: int) -> list[dict]:
    return [subscription(account, 2 + n, 90, 0, is_addon=True) for n in range(count)]


def invoice(account: str, amount: object, **times: datetime) -> list[dict]:
    return [
        {
            "invoice_id": f"{account}-{amount}", "account_id": account,
            "amount": Decimal(str(amount)), "issued_at": ago(30), "paid_at": ago(10), **times,
        }
    ]  # fmt: skip


# signal -> (contract table, the function of account and value that makes the rows)
ROWS_OF_VALUE = {
    "csat_latest": ("survey_responses", partial(answer, survey="csat")),
    "nps_latest": ("survey_responses", partial(answer, survey="nps")),
    "logins_28d": ("usage_events", partial(events, event_name="login")),
    "resolved_tickets_90d": ("support_tickets", partial(tickets, newest=9, resolved_at=ago(2))),
    "unresolved_tickets": ("support_tickets", partial(tickets, newest=20)),
    "ticket_streak_days": ("support_tickets", partial(tickets, newest=1)),
    "positive_reviews_365d": (
        "engagement_events", partial(events, channel="review", action="positive"),
    ),
    "negative_reviews_365d": (
        "engagement_events", partial(events, channel="review", action="negative"),
    ),
    "pricing_page_streak_with_query": ("engagement_events", pricing_views_and_query),
    "total_spend": ("invoices", invoice),
    "mrr": ("subscriptions", running),
    "addons": ("subscriptions", addons),
    "upgrades": ("subscriptions", lambda account, value: upgraded(account, 10, 20)[: 2 * value]),
}  # fmt: skip


def tables_of(account: str, values: dict, **facts: object) -> dict[str, list[dict]]:
    """The rows of an account that has exactly these signal values, and else nothing."""
    years = values.get("tenure_years", 1)
    facts = {"signed_up_at": datetime(D.year - years, D.month, D.day), **facts}
    tables = {"accounts": [{"account_id": account, **facts}]}
    for signal, value in values.items():
        if signal != "tenure_years" and value is not None:
            table, rows = ROWS_OF_VALUE[signal]
            tables[table] = tables.get(table, []) + rows(account, value)
    return tables


# ------------------------------------------------------------------------ the accounts of the cases


def points_values(score: float) -> dict:
    """Years and a CSAT answer that together are worth this many impact points."""
    years = max(0, int(score // 10) - (score % 10 == 0 and score > 0))
    rest = Decimal(str(score)) - 10 * years
    return {"tenure_years": years, "csat_latest": 3 + rest / 5}


def prior_accounts(prior: list) -> list[dict]:
    """Ten accounts whose median change of mrr and share of late payments earn the given points."""
    spread = (-10, -8, -6, -4, -1, 1, 4, 6, 8, 10)
    late_of_five = (1, 1, 1, 1, 2, 2, 3, 3, 3, 3)
    found = []
    for number, (off, late) in enumerate(zip(spread, late_of_five, strict=True)):
        account = f"prior_{number}"
        assert prior[4] == 100 * 2 / 5
        tables = tables_of(account, {}, employee_count=ENTERPRISE, signed_up_at=ago(2000))
        tables["subscriptions"] = upgraded(account, 100, 100 + prior[1] + off)
        tables["invoices"] = [
            row
            for amount in range(1, 6)
            for row in invoice(account, amount, due_at=ago(20 if amount <= late else 5))
        ]
        found.append(tables)
    return found


def accounts_of(case: str, given: dict, expected: dict) -> list[dict]:
    """The tables of each account that an example needs; most need one, named like the example."""
    if case.startswith("band_"):
        return [tables_of(case, points_values(given["score"]))]
    if case.startswith("linear_") and "value" in given:
        return [tables_of(case, {"total_spend": given["value"]})]
    if case == "linear_nps_signed":
        return [tables_of(case, {"nps_latest": given["nps"]})]
    if case == "weighted_40_30_30":
        signals = ("logins_28d", "positive_reviews_365d", "total_spend")
        return [tables_of(case, dict(zip(signals, given.values(), strict=True)))]
    if case == "weights_not_summing_to_100":
        spend, mrr, renewal, _ = given["points"]
        assert renewal == 21  # days before D of ROWS_OF_VALUE["mrr"], and negative
        return [tables_of(case, {"total_spend": spend, "mrr": mrr}, signed_up_at=ago(200))]
    if case == "missing_policies":
        spend, _, mrr, renewal, _, addons = given["points"]
        values = {"total_spend": spend, "addons": addons}
        facts = {"employee_count": ENTERPRISE, "signed_up_at": ago(200)}
        tables = tables_of(case, values, **facts)
        tables["subscriptions"].append(subscription(case, 1, 100, mrr, renews_at=ago(-renewal)))
        return [tables, *prior_accounts(given["prior"])]
    if case == "override_expiry":
        return [overridden(f"{case}_{day}", given, day) for day in given["days"]]
    if case == "rollup_skips_null":
        return [
            rolled_up(f"{case}_{number}", mrr, score)
            for number, (mrr, score) in enumerate(zip(given["arr"], given["score"], strict=True))
        ]
    if case == "ticket_streak":
        days = given["ticket_days"]
        return [
            tables_of(name, {"ticket_streak_days": streak})
            for name, streak in ((case, days), (f"{case}_shorter", days - 1))
        ]
    return [tables_of(case, given)]


def overridden(account: str, given: dict, day: int) -> dict:
    """An account whose override of 30 days is in its given day on D."""
    starts_on = D - (day - 1) * DAY
    override = {
        "override_id": account, "account_id": account, "scorecard": "spend", "kind": "set",
        "value": given["override"], "reason": "known to be leaving", "author": "Kim",
        "starts_on": datetime.combine(starts_on, time()),
        "expires_on": datetime.combine(starts_on + 29 * DAY, time()),
    }  # fmt: skip
    return tables_of(account, {"total_spend": given["score"]}) | {"score_overrides": [override]}


def rolled_up(account: str, mrr: object, score: object) -> dict:
    return tables_of(account, {"mrr": mrr, "nps_latest": score}, region="rollup")


# ---------------------------------------------------------------------------- scorecards of our own

WHY = {"reason": "a worked example", "reviewed_on": "2025-01-01"}
POLICIES = ("exclude", "zero", "neutral", "prior")


def linear(signal: str, weight: object = 100, worst: object = 0, best: object = 100) -> dict:
    return {
        "signal": signal, "weight": str(weight), "rule": "linear", "worst": str(worst),
        "best": str(best), "missing_policy": "exclude",
    }  # fmt: skip


def per_unit(signal: str, neutral: int, **bounds: str) -> dict:
    return {
        "signal": signal, "weight": "1", "rule": "per_unit", "points_per_unit": "1",
        "neutral": str(neutral), "missing_policy": "exclude", **bounds,
    }  # fmt: skip


def policy_rules(policy: str) -> list[dict]:
    signals = ("total_spend", "mrr_change_365d", "mrr", "days_to_renewal",
               "late_payment_rate_365d", "addons")  # fmt: skip
    ratios = ("mrr_change_365d", "late_payment_rate_365d")
    return [
        linear(signal, weight, best=1 if signal in ratios else 100) | {"missing_policy": policy}
        for signal, weight in zip(signals, EXAMPLES["missing_policies"][0]["weights"], strict=True)
    ]


def own_scorecards() -> dict[str, tuple[dict[str, int], list[dict]]]:
    """Scorecard -> (weights of its dimensions, none for a sum; its rules)."""
    weights = EXAMPLES["weights_not_summing_to_100"][0]["weights"]
    signals = ("total_spend", "mrr", "days_to_renewal", "mrr_change_365d")
    financial = {"financial": 100}
    return {
        "three_dimensions": (
            {"usage": 40, "feedback": 30, "financial": 30},
            [linear("logins_28d"), linear("positive_reviews_365d"), linear("total_spend")],
        ),
        "four_weights": (
            financial,
            [linear(signal, weight) for signal, weight in zip(signals, weights, strict=True)],
        ),
        "more_is_better": (financial, [linear("total_spend", worst=7, best=30)]),
        "less_is_better": (financial, [linear("total_spend", worst=30, best=7)]),
        "signed_nps": ({}, [per_unit("nps_latest", 5, min_points="-5", max_points="5")]),
        "streaks": ({}, [per_unit("ticket_streak_days", 0)]),
        "spend": (financial, [linear("total_spend")]),
        "answers": ({"feedback": 100}, [linear("nps_latest")]),
    } | {f"policy_{policy}": (financial, policy_rules(policy)) for policy in POLICIES}


def config_with_own_scorecards() -> dict:
    """The shipped seeds and, behind them, the rows of our own scorecards."""
    config = reference.load_config(ROOT / "seeds" / "config")
    added = defaultdict(list)
    for name, (dimensions, rules) in own_scorecards().items():
        added["scorecards"].append(
            {
                "scorecard": name, "title": name, "is_primary": "0", "min_coverage": "0",
                "method": "weighted_average" if dimensions else "sum", "min_dimensions": "0",
                "insufficient_data_action": "none", "purpose": "a worked example", **WHY,
            }
        )  # fmt: skip
        key = {"scorecard": name, "profile": "*"}
        added["dimension_weights"] += [
            {**key, "dimension": dimension, "weight": str(weight), **WHY}
            for dimension, weight in dimensions.items()
        ]
        added["signal_rules"] += [{**key, **rule, **WHY} for rule in rules]
        added["health_bands"] += [
            {
                "scorecard": name, "band": band, "lower_bound": bound, "includes_lower": "1",
                "colour": colour, "action_plan": "none", **WHY,
            }
            for band, bound, colour in (("low", "", "red"), ("high", "50", "green"))
        ]  # fmt: skip
    added["score_caps"].append(
        {
            "scorecard": "streaks", "cap_name": "over_a_week", "signal": "ticket_streak_days",
            "comparison": ">", "threshold": "7", "cap": "0", **WHY,
        }
    )  # fmt: skip
    for seed, rows in added.items():
        columns = list(config[seed][0])
        config[seed] += [{column: row.get(column, "") for column in columns} for row in rows]
    return config


# ---------------------------------------------------------------------------------------- one build


@pytest.fixture(scope="module")
def marts(parsed_project: tuple, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Mart -> key -> row, of one build of all examples together."""
    tables = {name: [] for name in CONTRACT}
    for case, (given, expected) in EXAMPLES.items():
        for account in accounts_of(case, given, expected):
            for name, rows in account.items():
                tables[name] += rows
    world = {
        "tables": {name: rows for name, rows in tables.items() if rows},
        "columns": {
            name: {c: "date" if c.endswith("_on") else kind for c, kind in of["columns"].items()}
            for name, of in CONTRACT.items()
            if tables[name]
        },
        "extra": False,
        "split": [],
    }
    folder = write_world(world, tmp_path_factory.mktemp("examples") / "input")
    project, manifest = parsed_project
    write_config(config_with_own_scorecards(), project / "seeds" / "config")
    inputs = declared_inputs(world)
    build(
        project,
        manifest,
        {"as_of": D.isoformat(), "input_dir": str(folder), "inputs": inputs},
    )
    keys = {
        "account_scorecards": ("account_id", "scorecard"),
        "account_health_drivers": ("account_id", "scorecard", "signal"),
        "segment_health": ("scorecard", "segment_type", "segment"),
    }
    with duckdb.connect(str(warehouse(project)), read_only=True) as connection:
        return {name: rows_by_key(connection, name, key) for name, key in keys.items()}


def rows_by_key(connection: object, mart: str, key: tuple) -> dict:
    found = connection.execute(f"select * from marts.{mart}")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {tuple(row[column] for column in key): row for row in rows}


def is_close(found: Decimal, expected: object) -> bool:
    return abs(found - Decimal(str(expected))) < TO_FOUR_DECIMALS


# ---------------------------------------------------------------------------------------- the cases


@pytest.mark.parametrize(
    "case",
    cases("impact_points", "csat_", "band_", "tenure_alone", "pricing_page", "negative_review"),
)
def test_impact_points(case: str, marts: dict) -> None:
    """The shipped scorecard: each signal has the value of the example and earns its points."""
    given, expected = EXAMPLES[case]
    values = points_values(given["score"]) if case.startswith("band_") else given
    points = expected.get("points", {})
    for signal, value in values.items():
        driver = marts["account_health_drivers"][case, "impact_points", signal]
        assert (driver["value"], driver["state"]) == (value, "measured")
        wanted = points.get(signal) if isinstance(points, dict) else points
        assert wanted is None or driver["points"] == wanted
    score = marts["account_scorecards"][case, "impact_points"]
    if "score" in {**given, **expected}:
        assert score["score"] == Decimal(str({**given, **expected}["score"]))
    assert score["band"] == expected.get("band", score["band"])


def test_tenure_alone_is_not_health(marts: dict) -> None:
    assert marts["account_scorecards"]["tenure_alone_is_not_health", "health"]["band"] == "red"


def test_weighted_average_over_dimensions(marts: dict) -> None:
    given, expected = EXAMPLES["weighted_40_30_30"]
    key = ("weighted_40_30_30", "three_dimensions")
    assert marts["account_scorecards"][key]["score"] == expected["score"]
    drivers = [
        marts["account_health_drivers"][(*key, signal)]
        for signal in ("logins_28d", "positive_reviews_365d", "total_spend")
    ]
    assert [driver["points"] for driver in drivers] == list(given.values())
    for part in ("contribution", "points_lost"):
        assert [driver[part] for driver in drivers] == expected[part]


def test_weights_of_what_is_measured(marts: dict) -> None:
    _, expected = EXAMPLES["weights_not_summing_to_100"]
    key = ("weights_not_summing_to_100", "four_weights")
    assert is_close(marts["account_scorecards"][key]["score"], expected["score"])
    assert marts["account_health_drivers"][(*key, "mrr_change_365d")]["state"] == "missing"


@pytest.mark.parametrize("case", cases("linear_"))
def test_linear_and_signed_points(case: str, marts: dict) -> None:
    scorecard = {"linear_less_is_better": "less_is_better", "linear_nps_signed": "signed_nps"}
    signal = "nps_latest" if case == "linear_nps_signed" else "total_spend"
    key = (case, scorecard.get(case, "more_is_better"), signal)
    assert is_close(marts["account_health_drivers"][key]["points"], EXAMPLES[case][1]["points"])


@pytest.mark.parametrize("policy", POLICIES)
def test_missing_policies(policy: str, marts: dict) -> None:
    _, expected = EXAMPLES["missing_policies"]
    key = ("missing_policies", f"policy_{policy}")
    score = marts["account_scorecards"][key]
    assert is_close(score["score"], expected[policy])
    for part in ("coverage", "score_low", "score_high"):
        assert is_close(score[part], expected[part])
    for signal in ("mrr_change_365d", "late_payment_rate_365d"):
        driver = marts["account_health_drivers"][(*key, signal)]
        assert (driver["state"], driver["is_imputed"]) == ("missing", int(policy != "exclude"))


def test_override_expiry(marts: dict) -> None:
    given, expected = EXAMPLES["override_expiry"]
    rows = [marts["account_scorecards"][f"override_expiry_{day}", "spend"] for day in given["days"]]
    assert [row["effective_score"] for row in rows] == expected["effective"]
    assert [row["score"] for row in rows] == expected["computed"]


def test_ticket_streak(marts: dict) -> None:
    """Flagged by a cap on more than 7 days, which is a row of a seed."""
    given, expected = EXAMPLES["ticket_streak"]
    driver = marts["account_health_drivers"]["ticket_streak", "streaks", "ticket_streak_days"]
    assert driver["value"] == expected["ticket_streak_days"] == given["ticket_days"]
    flagged, calm = (
        marts["account_scorecards"][account, "streaks"]["cap_name"]
        for account in ("ticket_streak", "ticket_streak_shorter")
    )
    assert (flagged is not None) is expected["flagged"]
    assert calm is None


def test_rollup_skips_null(marts: dict) -> None:
    given, expected = EXAMPLES["rollup_skips_null"]
    row = marts["segment_health"]["answers", "region", "rollup"]
    assert row["revenue_weighted_score"] == Decimal(str(expected["score"]))
    assert (row["account_count"], row["scored_account_count"]) == (2, 1)
    assert row["mrr"] == sum(given["arr"])

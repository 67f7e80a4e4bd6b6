"""The churn rates equal a plain reference on random worlds of subscriptions, to the last decimal.

The reference walks day by day over every account and knows nothing of the SQL. The models under
test are the project's own; what they read of staging is given as tables.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random

import pytest

from real_project import ancestors_in_order, build_model, compile_models, empty_warehouse
from reference_input import round6
from worlds import as_literal

IS_LONG = os.environ.get("HEALTH_LONG_TESTS") == "1"
WORLDS = 300 if IS_LONG else 24
DAY = timedelta(days=1)
ENDLESS = date(2026, 6, 1)  # later than anything that a world looks at
WANTED = ("int_churn_rates", "int_unpriced_subscriptions")
SOURCES = ("subscriptions", "events")
SEGMENT_TYPES = ("all", "plan", "industry", "region", "csm")
COUNTS = (
    "moved_account_count", "opening_account_count", "new_account_count",
    "reactivated_account_count", "churned_account_count", "lapsed_account_count",
    "closing_account_count", "returned_account_count", "within_month_account_count",
    "carried_account_count",
)  # fmt: skip
AMOUNTS = (
    "moved_mrr", "revaluation_mrr", "opening_mrr", "new_mrr", "reactivation_mrr", "expansion_mrr",
    "contraction_mrr", "churned_mrr", "closing_mrr", "carried_mrr", "retained_mrr",
    "cohort_closing_mrr",
)  # fmt: skip
RATES = {
    "logo_churn_rate": ("churned_account_count", "opening_account_count"),
    "revenue_churn_rate": ("churned_mrr", "opening_mrr"),
    "gross_revenue_retention": ("retained_mrr", "opening_mrr"),
    "net_revenue_retention": ("cohort_closing_mrr", "opening_mrr"),
}
PARTS = (*COUNTS, *AMOUNTS, "unpriced_subscription_count")
COLUMNS = ("is_final", *PARTS, *RATES)


# ------------------------------------------------------------------------------------------ worlds


def world_of(seed: int) -> dict:
    """Rows of staging and the settings of a random world; the same for the same seed."""
    rng = Random(seed)
    gap = rng.choice((30, 30, 30, 7))
    last_day = date(2025, 5, 20) + rng.randrange(50) * DAY
    if rng.random() < 0.5:  # the last day of a month is just final, or just not
        last_day = date(2025, 5, 31) + (gap - rng.randrange(2)) * DAY
    world = {
        "last_day": last_day,
        "gap": gap,
        "source": rng.choice(SOURCES),
        "subscriptions": [], "subscription_versions": [], "accounts": [], "account_versions": [],
        "churn_events": [], "exchange_rates": rates(rng),
    }  # fmt: skip
    for number in range(rng.randrange(1, 31)):
        add_account(rng, world, f"a{number:02}")
    return world


def rates(rng: Random) -> list[dict]:
    """Some rates of EUR and GBP, perhaps late; one of USD, which is worth 1 all the same."""
    days = [date(2024, 1, 1) + days * DAY for days in rng.sample(range(0, 500, 5), 8)]
    days += [date(2024, 9, 30), date(2024, 10, 1), date(2025, 1, 31)]
    rows = [
        dated({"currency": currency, "rate": amount(rng, "0.5", "1.08", "1.234567")}, day, rng)
        for day in days
        for currency in rng.sample(("EUR", "GBP", "USD"), 2)
    ]
    return list({(row["currency"], row["valid_from"]): row for row in rows}.values())


def dated(row: dict, day: date, rng: Random) -> dict:
    moment = datetime.combine(day, rng.choice((time(0), time(12), time(23, 59, 59))))
    return row | {"valid_from": moment, "happened_on": day, "superseded_on": superseded(rng)}


def superseded(rng: Random) -> date | None:
    return date(2025, 1, 1) if rng.random() < 0.05 else None


def amount(rng: Random, *texts: str) -> Decimal:
    return Decimal(rng.choice(texts))


def near_an_edge(rng: Random) -> date:
    """A day of 14 months, likely the last or the first of one."""
    month = date(2024 + rng.randrange(2), rng.randrange(1, 13), 1)
    month = min(max(month, date(2024, 5, 1)), date(2025, 6, 1))
    return month + rng.choice((-2, -1, 0, 0, 1, 14, rng.randrange(28))) * DAY


def add_account(rng: Random, world: dict, account: str) -> None:
    world["accounts"].append(
        {"account_id": account, "superseded_on": None} | described(rng, 0.9, ("plan", *OTHERS))
    )
    versions = [
        dated(
            {"account_id": account} | described(rng, 0.4, ("plan", *OTHERS)), near_an_edge(rng), rng
        )
        for _ in range(rng.choice((0, 0, 1, 2)))
    ]
    world["account_versions"] += {row["valid_from"]: row for row in versions}.values()
    start = near_an_edge(rng)
    for number in range(rng.choice((0, 1, 1, 2, 3, 4))):
        days = rng.choice((0, 3, 17, 28, 30, 31, 60, 90, 200))
        undecided = world["last_day"] - (world["gap"] - rng.choice((-1, 0, 1))) * DAY
        ends = (start + days * DAY, near_an_edge(rng), near_an_edge(rng), undecided)
        end = max(start, rng.choice(ends))
        is_last = rng.random() < 0.25
        kind = {"is_trial": int(number == 0 and rng.random() < 0.2)}
        add_subscription(rng, world, account, start, None if is_last else end, kind)
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            world["churn_events"].append(event(rng, account, end))
        start = end + rng.choice((-20, -1, 0, 0, 1, 6, 7, 8, 20, 29, 30, 31, 32, 90)) * DAY
    for kind in rng.choices(({"is_addon": 1}, {}, {"is_addon": 1, "is_trial": 1}), k=2):
        if rng.random() < 0.5:
            begun = near_an_edge(rng)
            end = begun + rng.choice((5, 40, 120)) * DAY
            add_subscription(rng, world, account, begun, rng.choice((None, end)), kind)
    if rng.random() < 0.2:
        world["churn_events"].append(event(rng, account, near_an_edge(rng)))


OTHERS = ("industry", "region", "csm")


def described(rng: Random, share: float, names: tuple) -> dict:
    return {name: rng.choice(("x", "y")) if rng.random() < share else None for name in names}


def event(rng: Random, account: str, day: date) -> dict:
    day += rng.choice((-10, -1, 0, 0, 1, 5, 29, 30, 31)) * DAY
    return {
        "account_id": account,
        "happened_on": day,
        "is_reactivation": rng.choice((None, 0, 0, 0, 1)),
    }


def add_subscription(
    rng: Random, world: dict, account: str, start: date, end: date | None, kind: dict
) -> None:
    key = f"{account}-{len(world['subscriptions']):03}"
    row = {
        "subscription_id": key, "account_id": account, "happened_on": start,
        "ended_at": end and datetime.combine(end, rng.choice((time(0), time(9)))),
        "is_addon": None, "is_trial": rng.choice((None, 0)),
        "superseded_on": superseded(rng), **price(rng, 0.93), **kind,
    }  # fmt: skip
    world["subscriptions"].append(row)
    if row["superseded_on"]:
        row |= {"ended_at": None, "is_addon": 0}
        newest = {"superseded_on": None, "happened_on": start + DAY, "is_addon": 1}
        world["subscriptions"].append(row | newest | price(rng, 0.93))
    versions = []
    for _ in range(rng.choice((0, 0, 1, 3))):
        version = {"subscription_id": key} | price(rng, 0.5)
        day = near_an_edge(rng)
        versions.append(dated(version, day, rng))
        if rng.random() < 0.3:
            versions.append(dated({"subscription_id": key} | price(rng, 0.5), day, rng))
    world["subscription_versions"] += {row["valid_from"]: row for row in versions}.values()


def price(rng: Random, share: float) -> dict:
    """Plan, amount and currency, each there with a likelihood of `share`."""
    currency = rng.choice(("USD", "USD", "EUR", "EUR", "GBP", "XXX"))
    mrr = amount(rng, "0", "49.99", "100", "100", "250.5", "1200.123456")
    cells = {"plan": rng.choice(("basic", "pro")), "mrr": mrr, "currency": currency}
    return {name: cell if rng.random() < share else None for name, cell in cells.items()}


# --------------------------------------------------------------------------------------- reference


def current(rows: list[dict]) -> list[dict]:
    return [row for row in rows if row["superseded_on"] is None]


def days_of(start: date, end: date | None) -> set[date]:
    return {start + n * DAY for n in range(((end or ENDLESS) - start).days)}


def as_of(row: dict, versions: list[dict], names: tuple, day: date) -> dict:
    """The attributes on a day: the newest version that carries one counts, else the row itself."""
    in_force = sorted(
        (version for version in versions if version["happened_on"] <= day),
        key=lambda version: version["valid_from"],
    )
    found = {name: row[name] for name in names}
    for version in in_force:
        found |= {name: version[name] for name in names if version[name] is not None}
    return found


def churn_days(world: dict, account: str, paid: set[date]) -> set[date]:
    """Days on which the account left, by the world's source."""
    if world["source"] == "events":
        return {
            row["happened_on"]
            for row in world["churn_events"]
            if row["account_id"] == account and not row["is_reactivation"]
        }
    gap = world["gap"]
    return {
        end
        for end in ends_of(paid)
        if end <= world["last_day"] - gap * DAY
        and not any(end + n * DAY in paid for n in range(gap + 1))
    }


def ends_of(paid: set[date]) -> list[date]:
    return sorted(day + DAY for day in paid if day + DAY not in paid)


def customer_days(world: dict, paid: set[date], churned: set[date]) -> set[date]:
    """Paid days, and those of a gap until the return, the churn, or for as long as all is open."""
    found = set(paid)
    for end in ends_of(paid):
        bridged = []
        for day in (end + n * DAY for n in range(world["gap"] + 1)):
            if day in churned or day in paid:
                found.update(bridged)
                break
            bridged.append(day)
        else:
            if end > world["last_day"] - world["gap"] * DAY:
                found.update(bridged)
    return found


def months_of(world: dict, first: date) -> list[tuple[date, date, date]]:
    """(month, day before it, last day) of every whole month."""
    months, month = [], first.replace(day=1)
    while True:
        following = (month + 31 * DAY).replace(day=1)
        if following - DAY > world["last_day"]:
            return months
        months.append((month, month - DAY, following - DAY))
        month = following


def rate_of(world: dict, currency: str, day: date) -> Decimal | None:
    if currency == "USD":
        return Decimal(1)
    rows = [
        row
        for row in current(world["exchange_rates"])
        if row["currency"] == currency and row["happened_on"] <= day
    ]
    return max(rows, key=lambda row: row["valid_from"])["rate"] if rows else None


def running(world: dict, account: str, day: date, rates_on: date) -> dict[str, dict]:
    """Subscription -> plan, price (None without amount or rate) of all that the account pays."""
    found = {}
    for row in current(world["subscriptions"]):
        end = row["ended_at"].date() if row["ended_at"] else ENDLESS
        if row["account_id"] != account or row["is_trial"] or not row["happened_on"] <= day < end:
            continue
        key = row["subscription_id"]
        versions = current(world["subscription_versions"])
        of_row = [version for version in versions if version["subscription_id"] == key]
        told = as_of(row, of_row, ("plan", "mrr", "currency"), day)
        told["currency"] = told["currency"] or "USD"
        rate = rate_of(world, told["currency"], rates_on)
        worth = None
        if rate is not None and told["mrr"] is not None:
            worth = (told["mrr"] * rate).quantize(Decimal("0.000001"), ROUND_HALF_UP)
        found[key] = told | {"price": worth, "is_addon": bool(row["is_addon"])}
    return found


def paid_days(world: dict, account: str) -> set[date]:
    """Days that a paid subscription covers which is no add-on."""
    days = set()
    for row in current(world["subscriptions"]):
        if row["account_id"] == account and not row["is_addon"] and not row["is_trial"]:
            days |= days_of(row["happened_on"], row["ended_at"] and row["ended_at"].date())
    return days


def account_months(world: dict, account: dict, paid: set[date], first: date) -> list[dict]:
    """A row for each month in which the account was a customer, before anything is added up."""
    key, rows = account["account_id"], []
    churned = churn_days(world, key, paid)
    customer = customer_days(world, paid, churned)
    for month, opening, closing in months_of(world, first):
        days = days_of(month, closing + DAY)
        if not (days | {opening}) & customer:
            continue
        row = {
            "month": month,
            "opens": opening in customer,
            "closes": closing in customer,
            "churned": opening in customer and bool(days & churned),
            "first": min(paid) >= month,
            "carried": closing in customer and closing not in paid,
        }
        at = {}
        for name, day in (("opening", opening), ("closing", closing)):
            paid_day = max((one for one in paid if one <= day), default=None)
            at[name] = running(world, key, paid_day, closing) if day in customer else {}
        shown, shown_on = ("opening", opening) if row["opens"] else ("closing", closing)
        row["segments"] = segments_of(world, account, at[shown], shown_on)
        # The opening last: where both ends lack a price it is told why.
        row["unpriced"] = {
            subscription: told
            for prices in (at["closing"], at["opening"])
            for subscription, told in prices.items()
            if told["price"] is None
        }
        for name, prices in at.items():
            summed = [told["price"] for s, told in prices.items() if s not in row["unpriced"]]
            row[name] = sum(summed, Decimal(0))
        rows.append(row)
    return rows


def segments_of(world: dict, account: dict, prices: dict, day: date) -> dict[str, str]:
    """Segment type -> segment; the plan is that of the base subscription that pays most."""
    versions = current(world["account_versions"])
    of_account = [row for row in versions if row["account_id"] == account["account_id"]]
    found = as_of(account, of_account, ("plan", *OTHERS), day)
    ranked = sorted(
        (-1 if told["price"] is None else told["price"], key)
        for key, told in prices.items()
        if not told["is_addon"]
    )
    if ranked:
        found["plan"] = prices[ranked[-1][1]]["plan"] or found["plan"]
    return {"all": "all"} | {name: value or "unknown" for name, value in found.items()}


def parts_of(row: dict, former: dict | None) -> dict:
    """What one account adds to the sums of its segment."""
    opens, closes, left = row["opens"], row["closes"], row["churned"]
    opening, closing = row["opening"], row["closing"]
    stays = opens and not left
    comes_back = closes and (left if opens else not row["first"])
    is_new = closes and not opens and row["first"]
    return {
        "opening_account_count": opens,
        "new_account_count": is_new,
        "reactivated_account_count": comes_back,
        "churned_account_count": left,
        "lapsed_account_count": stays and not closes,
        "closing_account_count": closes,
        "returned_account_count": comes_back and opens,
        "within_month_account_count": not opens and not closes,
        "carried_account_count": row["carried"],
        "revaluation_mrr": opening - former["closing"] if opens else 0,
        "opening_mrr": opening,
        "new_mrr": closing if is_new else 0,
        "reactivation_mrr": closing if comes_back else 0,
        "expansion_mrr": max(closing - opening, 0) if stays else 0,
        "contraction_mrr": max(opening - closing, 0) if stays else 0,
        "churned_mrr": opening if left else 0,
        "closing_mrr": closing,
        "carried_mrr": closing if row["carried"] else 0,
        "retained_mrr": min(opening, closing),
        "cohort_closing_mrr": closing if opens else 0,
        "unpriced_subscription_count": len(row["unpriced"]),
    }


def reference(world: dict) -> tuple[dict, set]:
    """((month, type, segment) -> values of COLUMNS, what is listed for want of a price)."""
    sums, listed = defaultdict(Counter), set()
    paid = {row["account_id"]: paid_days(world, row["account_id"]) for row in world["accounts"]}
    first = min((day for days in paid.values() for day in days), default=world["last_day"])
    for account in world["accounts"]:
        former, key = None, account["account_id"]
        for row in account_months(world, account, paid[key], first) if paid[key] else ():
            month = row["month"]
            for kind, segment in row["segments"].items():
                sums[month, kind, segment].update(parts_of(row, former))
                if row["opens"]:
                    move = {"moved_account_count": 1, "moved_mrr": former["closing"]}
                    sums[month, kind, segment].update(move)
                    sums[month, kind, former["segments"][kind]].subtract(move)
            for subscription, told in row["unpriced"].items():
                reason = "no amount" if told["mrr"] is None else "no exchange rate"
                listed.add((month, key, subscription, told["currency"], told["mrr"], reason))
            former = row
    sure_until = world["last_day"] - world["gap"] * DAY
    final = {month: int(last <= sure_until) for month, _, last in months_of(world, first)}
    return {key: (final[key[0]], *values_of(parts)) for key, parts in sums.items()}, listed


def values_of(parts: Counter) -> list:
    shares = [
        round6(Fraction(parts[part]) / Fraction(parts[whole])) if parts[whole] else None
        for part, whole in RATES.values()
    ]
    return [*(parts[name] for name in PARTS), *shares]


# ----------------------------------------------------------------------------------------- models


@pytest.fixture(scope="module")
def models_of(parsed_project: tuple) -> Callable:
    """models_of(world) builds the churn models in memory and returns the connection."""
    project, manifest = parsed_project
    nodes = ancestors_in_order(manifest, WANTED)
    built = [node for node in nodes if node.path.startswith("validation/")]
    parents = {parent for node in built for parent in node.depends_on_nodes}
    given = [node for node in nodes if node.unique_id in parents and node not in built]
    names = [node.name for node in built]
    compiled = compile_models(project, manifest, names, {})
    churns = {
        source: compile_models(project, manifest, ["int_churns"], {"churn_source": source})
        for source in SOURCES
    }

    def build(world: dict) -> object:
        connection = empty_warehouse(manifest, [*given, *built])
        for node in given:
            give(connection, node, rows_for(world, node.name))
        for node in built:
            build_model(connection, node, (compiled | churns[world["source"]])[node.name])
        return connection

    return build


def rows_for(world: dict, name: str) -> list[dict]:
    if name == "int_last_complete_day":
        return [{"score_date": world["last_day"]}]
    if name == "int_settings":
        return [{"reactivation_gap_days": world["gap"]}]
    return world[name.removeprefix("stg_")]


def give(connection: object, node: object, rows: list[dict]) -> None:
    """The rows as a table in the place of a model that is not built."""
    types = ", ".join(f"{column.name} {column.data_type}" for column in node.columns.values())
    connection.execute(f"create table {node.relation_name} ({types})")
    if rows:
        names = list(rows[0])
        cells = [[None if row[name] is None else str(row[name]) for name in names] for row in rows]
        values = ", ".join(f"({', '.join(map(as_literal, row))})" for row in cells)
        connection.execute(f"insert into {node.relation_name} ({', '.join(names)}) values {values}")


def found_in(connection: object) -> tuple[dict, set]:
    """What the models say, in the shape of the reference."""
    query = f"select month, segment_type, segment, {', '.join(COLUMNS)} from "
    rows = connection.execute(query + "validation.int_churn_rates").fetchall()
    listed = connection.execute(
        "select month, account_id, subscription_id, currency, amount, reason "
        "from validation.int_unpriced_subscriptions"
    ).fetchall()
    found = {row[:3]: row[3:] for row in rows}
    assert len(found) == len(rows)
    assert len(set(listed)) == len(listed)
    return found, set(listed)


def differences(found: dict, expected: dict) -> list[str]:
    nothing = (None,) * len(COLUMNS)
    return [
        f"{' '.join(map(str, key))} {name}: {value}, the reference has {other}"
        for key in sorted({*found, *expected})
        for name, value, other in zip(
            COLUMNS, found.get(key, nothing), expected.get(key, nothing), strict=True
        )
        if value != other
    ]


# ----------------------------------------------------------------------------------------- tests


def test_the_churn_rates_equal_the_reference(models_of: Callable) -> None:
    seen = Counter()
    for seed in range(WORLDS):
        world = world_of(seed)
        expected, expected_list = reference(world)
        with models_of(world) as connection:
            found, listed = found_in(connection)
        lines = differences(found, expected)
        assert not lines, "\n".join([f"world {seed}", *lines[:40]])
        assert listed == expected_list, f"world {seed}"
        for values in expected.values():
            shown = zip(COLUMNS, values, strict=True)
            seen.update((world["source"], name) for name, value in shown if value)
    # Without events nobody leaves unnoticed; all else has happened under both sources.
    missed = {(source, name) for source in SOURCES for name in COLUMNS} - seen.keys()
    assert missed == {("subscriptions", "lapsed_account_count")}


def test_where_nobody_ever_paid_there_is_no_row(models_of: Callable) -> None:
    world = world_of(0) | {"subscriptions": [], "subscription_versions": []}
    with models_of(world) as connection:
        assert found_in(connection) == ({}, set())


def test_the_bridge_reconciles_in_the_reference_too() -> None:
    """The identities hold by themselves and not because both sides forgot the same account."""
    for seed in range(WORLDS):
        expected, _ = reference(world_of(seed))
        for key, values in expected.items():
            row = dict(zip(COLUMNS, values, strict=True))
            came = row["new_mrr"] + row["reactivation_mrr"] + row["expansion_mrr"]
            went = row["contraction_mrr"] + row["churned_mrr"]
            assert row["opening_mrr"] + came - went == row["closing_mrr"], (seed, key)

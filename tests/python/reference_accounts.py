"""Reference of the live accounts of one score date: attributes, subscriptions, money, profile.

Written from the design, never from the SQL. A view is everything known by the end of one day D.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction

from reference_input import CONTRACT, DAY, complete_up_to, number, round6, rows_as_of, setting

ACCOUNT_ATTRIBUTES = (
    "account_name", "plan", "industry", "region", "employee_count", "csm", "parent_account_id",
)  # fmt: skip


def end_of(day: date) -> datetime:
    """The first instant after a day: what happened before it, happened by the end of the day."""
    return datetime.combine(day, time()) + DAY


def by(moment: datetime | None, day: date) -> bool:
    return moment is not None and moment < end_of(day)


def last(rows: list[dict], moment: str, key: str) -> dict | None:
    return max(rows, key=lambda row: (row[moment], row[key]), default=None)


# --------------------------------------------------------------------------------------------- view


def view_of(prepared: dict, config: dict, day: date) -> dict:
    """All that is known by the end of a day, with the live accounts described."""
    view = {
        "day": day,
        "prepared": prepared,
        "config": config,
        "variables": prepared["variables"],
        "rows": {name: rows_as_of(prepared, name, day) for name in CONTRACT},
    }
    view["complete"] = {name: complete_up_to(prepared, name, day) for name in CONTRACT}
    view["fed"] = {name for name in prepared["declared"] if view["complete"][name]}
    view["of"] = {name: rows_by_account(view["rows"][name]) for name in CONTRACT}
    view["accounts"] = {row["account_id"]: row for row in view["rows"]["accounts"]}
    view["live"] = {
        account: described(view, account)
        for account in sorted(view["accounts"])
        if is_live(view, account)
    }
    return view


def rows_by_account(rows: list[dict]) -> dict[str, list[dict]]:
    groups = defaultdict(list)
    for row in rows:
        if row.get("account_id") is not None:
            groups[row["account_id"]].append(row)
    return groups


def rows_of(view: dict, name: str, account: str) -> list[dict]:
    return view["of"][name].get(account, [])


def attribute(view: dict, versions: str, row: dict, column: str, day: date) -> object:
    """The value of an overwritten attribute on a day, by what is known by D.

    That of the latest version in force that carries it, else the current value of the row.
    """
    key = CONTRACT[versions]["key"][0]
    in_force = [
        version
        for version in view["rows"][versions]
        if version[key] == row[key]
        and version.get(column) is not None
        and by(version["valid_from"], day)
    ]
    latest = max(in_force, key=lambda version: version["valid_from"], default=None)
    return latest[column] if latest else row[column]


def subscription_value(view: dict, row: dict, column: str, day: date | None = None) -> object:
    return attribute(view, "subscription_versions", row, column, day or view["day"])


# ------------------------------------------------------------------------- subscriptions and money


def covers(row: dict, day: date) -> bool:
    """Whether the subscription runs at the end of the day."""
    return by(row["started_at"], day) and not by(row["ended_at"], day)


def live_subscriptions(view: dict, account: str, day: date) -> list[dict]:
    return [row for row in rows_of(view, "subscriptions", account) if covers(row, day)]


def base_subscriptions(view: dict, account: str) -> list[dict]:
    """Non-add-on subscriptions, begun by D or not, in order."""
    rows = [row for row in rows_of(view, "subscriptions", account) if not row["is_addon"]]
    return sorted(rows, key=lambda row: (row["started_at"], row["subscription_id"]))


def live_base_subscriptions(view: dict, account: str) -> list[dict]:
    return [row for row in base_subscriptions(view, account) if covers(row, view["day"])]


def rate(view: dict, currency: str | None, day: date) -> Fraction | None:
    """Rate to the reporting currency in force on a day, by what is known by D, or None."""
    if currency in (None, view["variables"]["reporting_currency"]):
        return Fraction(1)
    rows = [
        row
        for row in view["rows"]["exchange_rates"]
        if row["currency"] == currency and by(row["valid_from"], day)
    ]
    return Fraction(max(rows, key=lambda row: row["valid_from"])["rate"]) if rows else None


def converted(view: dict, amount: object, currency: str | None, day: date) -> Decimal | None:
    """An amount in the reporting currency; rounded, because only decimals are summed."""
    factor = rate(view, currency, day)
    return None if amount is None or factor is None else round6(Fraction(amount) * factor)


def subscription_mrr(view: dict, row: dict, day: date) -> Decimal | None:
    amount = subscription_value(view, row, "mrr", day)
    return converted(view, amount, subscription_value(view, row, "currency", day), day)


def mrr_on(view: dict, account: str, day: date) -> Decimal | None:
    amounts = [subscription_mrr(view, row, day) for row in live_subscriptions(view, account, day)]
    return None if None in amounts else sum(amounts, Decimal(0))


def main_subscription(view: dict, account: str) -> dict | None:
    """The live non-add-on subscription with the highest mrr, then the greatest id."""

    def order(row: dict) -> tuple:
        amount = subscription_mrr(view, row, view["day"])
        return amount is not None, amount or 0, row["subscription_id"]

    return max(live_base_subscriptions(view, account), key=order, default=None)


def seats_of(view: dict, account: str) -> Fraction | None:
    seats = [
        subscription_value(view, row, "seats") for row in live_base_subscriptions(view, account)
    ]
    known = [Fraction(count) for count in seats if count is not None]
    return sum(known) if known else None


# ------------------------------------------------------------------------------------ the accounts


def paid_subscriptions(view: dict, account: str) -> list[dict]:
    """Non-add-on, non-trial subscriptions that began by D."""
    return [
        row
        for row in base_subscriptions(view, account)
        if by(row["started_at"], view["day"]) and not row["is_trial"]
    ]


def is_live(view: dict, account: str) -> bool:
    if not by(view["accounts"][account]["signed_up_at"], view["day"]):
        return False
    return is_paying(view, account) or not paid_subscriptions(view, account)


def is_paying(view: dict, account: str) -> bool:
    return any(covers(row, view["day"]) for row in paid_subscriptions(view, account))


def lifecycle_stage(view: dict, account: str, age_days: int) -> str:
    if "subscriptions" in view["fed"] and not paid_subscriptions(view, account):
        return "trial"
    is_new = age_days < setting(view["config"], "onboarding_days", 90)
    return "onboarding" if is_new else "established"


def described(view: dict, account: str) -> dict:
    """Attributes as of D, lifecycle stage and profile of an account."""
    row, day = view["accounts"][account], view["day"]
    facts = {
        column: attribute(view, "account_versions", row, column, day)
        for column in ACCOUNT_ATTRIBUTES
    }
    main = main_subscription(view, account)
    main_plan = subscription_value(view, main, "plan") if main else None
    renews_at = subscription_value(view, main, "renews_at") if main else None
    age_days = (day - row["signed_up_at"].date()).days
    facts |= {
        "plan": facts["plan"] if main_plan is None else main_plan,
        "seats": round6(seats_of(view, account)),
        "signed_up_date": row["signed_up_at"].date(),
        "account_age_days": age_days,
        "lifecycle_stage": lifecycle_stage(view, account, age_days),
        "renewal_date": renews_at.date() if renews_at else None,
        "is_paying": int(is_paying(view, account)),
        "mrr": mrr_on(view, account, day) if "subscriptions" in view["fed"] else None,
    }
    return facts | {"profile": profile_of(view["config"], facts)}


def profile_of(config: dict, facts: dict) -> str:
    """The first profile by priority whose given conditions all hold; a NULL fails a condition."""
    for row in sorted(config["profiles"], key=lambda row: number(row, "priority")):
        texts = ("lifecycle_stage", "plan")
        if any(row[column] not in ("*", facts[column]) for column in texts):
            continue
        numbers = ("account_age_days", "employee_count", "seats")
        if all(within(facts[column], row, column) for column in numbers):
            return row["profile"]
    return "default"


def within(value: object, row: dict, column: str) -> bool:
    lowest, below = number(row, f"{column}_from"), number(row, f"{column}_below")
    if lowest is None and below is None:
        return True
    if value is None:
        return False
    return (lowest is None or value >= lowest) and (below is None or value < below)

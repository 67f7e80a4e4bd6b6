"""Demo data: the raw tables of an invented software company, in the input contract's layout.

Every account has three hidden moods (value found, product fit, bond with us) that drift by the week
and drive all that is written; the moods themselves are never written. Accounts are made in chunks,
each from its own random stream (seed, chunk), so memory stays bounded and no machine, order or
number of threads changes a row. All times are UTC; the company's data were last read on the
afternoon of the last day, which is therefore incomplete.

Arrays hold numbers and codes; SQL turns them into keys and words while DuckDB writes Parquet.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import duckdb
import numpy as np

Rows = dict[str, np.ndarray]

CHUNK_ACCOUNTS = 250
SESSIONS_PER_FILE = 210_000  # about a million events, the most that is in memory at once
BROKEN_SHARE = 0.01
DUPLICATE_SHARE = 0.003
CONFLICTS_PER_TABLE = 3
LATE_SHARE = 0.005

NONE = -1  # NULL in arrays of numbers and codes; NaT is NULL in arrays of times
NAT = np.datetime64("NaT", "s")
NEVER = 10**6  # a day that does not come
LEAVING_PER_WEEK = 0.00125  # at a middling mood
DAY = np.timedelta64(1, "D")
DAY_SECONDS = 86_400
LENGTH_DECAY = 0.8  # each further step of a session is so likely

PLANS = ["Starter", "Growth", "Business", "Enterprise", "Analytics Pack", "Priority Support"]
SEAT_PRICES = np.array([15.0, 32.0, 55.0, 90.0])
INDUSTRIES = [
    "Education", "Energy", "Financial Services", "Health Care", "Logistics", "Manufacturing",
    "Media", "Professional Services", "Public Sector", "Retail", "Software", "Travel",
]  # fmt: skip
REGIONS = ["EMEA", "AMER", "APAC"]
REGION_NOON = np.array([11.5, 17.5, 4.5])  # UTC hour at which people there work most
CURRENCIES = ["USD", "EUR", "GBP", "CHF"]  # CHF has no exchange rate, on purpose
RATES = {"EUR": 1.09, "GBP": 1.27}  # USD for one unit, where the walk begins
CSMS = [
    "Amina Diallo", "Ben Okafor", "Chloé Martin", "Daniel Weiss", "Elena Petrova", "Farid Haddad",
    "Grace Kim", "Hugo Sørensen", "Isabel Núñez", "Jonas Lindqvist",
]  # fmt: skip
NAMES_ONE = [
    "Alder", "Blue Heron", "Brightwater", "Café Lumen", "Cedar & Finch", "Copperfield", "Dovetail",
    "Eastgate", "Fjällräven Nord", "Foxglove", "Granite", "Harbour", "Ironwood", "Juniper",
    "Kestrel", "Lakeside", "Łódź", "Maple", "Northwind", "O'Malley", "Orchard", "Pembroke",
    "Quayside", "Redstone", "Sable, Marsh", "Tidewater", "Überlingen", "Vantage", "Willow",
    "Zenith",
]  # fmt: skip
NAMES_TWO = [
    "Analytics", "Capital", "Care", "Clinics", "Components", "Foods", "Freight", "Insurance",
    "Labs", "Learning", "Logistics", "Media", "Networks", "Outfitters", "Partners", "Robotics",
    "Software", "Systems", "Textiles", "Travel",
]  # fmt: skip
NAMES_THREE = ["", " AB", " GmbH", " Group", " Inc.", " Ltd", " SAS", " S.p.A.", " 株式会社"]
FIRST_NAMES = ["ada", "bo", "carla", "dmitri", "eva", "femi", "gita", "hans", "ines", "jun", "kofi"]
LAST_NAMES = ["adler", "bose", "costa", "duarte", "evans", "fontaine", "garcia", "huang", "ito"]
ROLES = ["admin", "manager", "analyst", "editor", "viewer"]
FEATURES = [
    "dashboards", "search", "reports", "comments", "exports", "alerts", "filters", "sharing",
    "imports", "templates", "calendar", "integrations", "mobile_app", "approvals", "automations",
    "forecasts", "api_keys", "audit_log", "custom_fields", "webhooks", "sandbox", "sso_admin",
    "data_models", "white_label",
]  # fmt: skip
PLAN_FEATURES = np.array([12, 18, 22, 24])  # how far down the list each plan reaches
SEVERITIES = ["low", "normal", "high", "critical", "urgent"]
TICKET_TYPES = ["question", "problem", "incident", "task", "billing", "complaint"]
SURVEYS = ["nps", "csat", "ces", "stars"]
COMMENTS = [
    "Does what we need.", "Support was quick, thank you.", "Reports take too long to load.",
    "We would like an export, \"as is\".", "Setup was harder than expected.", "Très bien !",
]  # fmt: skip
NOTES = ["Call with the sponsor.", "Quarterly check-in.", "After the renewal talk.", "Gut feeling."]
ACTIVITIES = [
    "onboarding_completed", "activation_completed", "training_session", "goal_set",
    "goal_achieved", "business_review", "resource_viewed", "lunch",
]  # fmt: skip
ENGAGEMENTS = [
    ("community", "like"), ("community", "comment"), ("community", "share"), ("community", "post"),
    ("community", "invite"), ("email", "sent"), ("email", "open"), ("email", "click"),
    ("web", "page_view"), ("web", "pricing_view"), ("web", "resource_view"), ("web", "query"),
    ("review", "positive"), ("review", "negative"), ("referral", "referred"),
    ("fax", "sent"), ("email", "like"),
]  # fmt: skip
CHURN_REASONS = ["price", "missing_feature", "support", "competitor", "budget", "bankruptcy"]
SCORECARDS = ["health"]
OVERRIDE_KINDS = ["set", "cap", "floor", "boost"]
OVERRIDE_REASONS = [
    "Sponsor confirmed the renewal in writing.", "Known billing dispute, legal is on it.",
    "Migration weekend explains the silence.", "Merger announced; wait for the new owner.",
]  # fmt: skip


class World(NamedTuple):
    """What all chunks share. Days count from first_day; `calendar` is each day's share of use."""

    seed: int
    accounts: int
    events: int
    chunks: int
    first_day: np.datetime64
    cutoff: np.datetime64
    days: int
    weeks: int
    outage_week: int
    calendar: np.ndarray


@dataclass(frozen=True)
class DemoSummary:
    """Rows written per table, and how many of them break the contract, per table and kind.

    `planted` also counts what is no breach: "duplicate" (same key, same content), "conflict" (same
    key, other content: kept and reported) and "erased" (rows of the erased account or users).
    """

    rows: dict[str, int]
    planted: dict[str, dict[str, int]]


# ------------------------------------------------------------------------ what the tables look like


def code(prefix: str, array: str) -> str:
    """SQL of a text key made from a number."""
    return f"'{prefix}' || nullif({array}, {NONE})"


def word(words: list[str], array: str) -> str:
    """SQL of the word that a code stands for; NULL for a code without one."""
    quoted = ", ".join("'" + text.replace("'", "''") + "'" for text in words)
    return f"([{quoted}])[{array} + 1]"


def count(array: str) -> str:
    """SQL of a number that may be NULL."""
    return f"nullif({array}, {NONE})"


TEXT, TIME, WHOLE, REAL, FLAG = "varchar", "timestamp", "bigint", "double", "boolean"
MONEY = "decimal(14, 2)"
ACCOUNT, PERSON = (TEXT, code("acc-", "account")), (TEXT, code("usr-", "person"))
LOADED = {"_loaded_at": (TIME, "loaded_at")}

# table -> column -> (type, SQL over the arrays of a batch)
TABLES: dict[str, dict[str, tuple[str, str]]] = {
    "accounts": {
        "account_id": (TEXT, code("acc-", "key")),
        "account_name": (
            TEXT,
            f"{word(NAMES_ONE, 'name_one')} || ' ' || {word(NAMES_TWO, 'name_two')}"
            f" || {word(NAMES_THREE, 'name_three')}",
        ),
        "plan": (TEXT, word(PLANS, "plan")),
        "industry": (TEXT, word(INDUSTRIES, "industry")),
        "region": (TEXT, word(REGIONS, "region")),
        "employee_count": (WHOLE, count("employees")),
        "csm": (TEXT, word(CSMS, "csm")),
        "signed_up_at": (TIME, "signed_up_at"),
        "parent_account_id": (TEXT, code("acc-", "parent")),
        **LOADED,
    },
    "users": {
        "user_id": (TEXT, code("usr-", "key")),
        "account_id": ACCOUNT,
        "email": (
            TEXT,
            f"{word(FIRST_NAMES, 'first_name')} || '.' || {word(LAST_NAMES, 'last_name')}"
            f" || '@acc-' || nullif(account, {NONE}) || '.example'",
        ),
        "role": (TEXT, word(ROLES, "role")),
        "created_at": (TIME, "created_at"),
        "deactivated_at": (TIME, "deactivated_at"),
        **LOADED,
    },
    "usage_events": {
        "event_id": (TEXT, code("evt-", "key")),
        "account_id": ACCOUNT,
        "user_id": PERSON,
        "session_id": (TEXT, code("ses-", "session")),
        "feature": (TEXT, word(FEATURES, "feature")),
        "event_name": (TEXT, word(["login", "page_view", *FEATURES], "event_name")),
        "occurred_at": (TIME, "occurred_at"),
        "duration_seconds": (WHOLE, count("duration_seconds")),
        **LOADED,
    },
    "support_tickets": {
        "ticket_id": (TEXT, code("tic-", "key")),
        "account_id": ACCOUNT,
        "user_id": PERSON,
        "opened_at": (TIME, "opened_at"),
        "first_responded_at": (TIME, "first_responded_at"),
        "resolved_at": (TIME, "resolved_at"),
        "reopened_at": (TIME, "reopened_at"),
        "severity": (TEXT, word(SEVERITIES, "severity")),
        "ticket_type": (TEXT, word(TICKET_TYPES, "ticket_type")),
        "contact_count": (WHOLE, count("contact_count")),
        **LOADED,
    },
    "survey_responses": {
        "response_id": (TEXT, code("res-", "key")),
        "account_id": ACCOUNT,
        "user_id": PERSON,
        "survey_type": (TEXT, word(SURVEYS, "survey_type")),
        "score": (REAL, "score"),
        "responded_at": (TIME, "responded_at"),
        "comment": (TEXT, word(COMMENTS, "comment")),
        **LOADED,
    },
    "subscriptions": {
        "subscription_id": (TEXT, code("sub-", "key")),
        "account_id": ACCOUNT,
        "plan": (TEXT, word(PLANS, "plan")),
        "mrr": (MONEY, "mrr"),
        "currency": (TEXT, word(CURRENCIES, "currency")),
        "seats": (WHOLE, count("seats")),
        "started_at": (TIME, "started_at"),
        "ended_at": (TIME, "ended_at"),
        "renews_at": (TIME, "renews_at"),
        "is_addon": (FLAG, "is_addon"),
        "is_trial": (FLAG, "is_trial"),
        **LOADED,
    },
    "invoices": {
        "invoice_id": (TEXT, code("inv-", "key")),
        "account_id": ACCOUNT,
        "amount": (MONEY, "amount"),
        "currency": (TEXT, word(CURRENCIES, "currency")),
        "issued_at": (TIME, "issued_at"),
        "due_at": (TIME, "due_at"),
        "paid_at": (TIME, "paid_at"),
        "voided_at": (TIME, "voided_at"),
        **LOADED,
    },
    "success_activities": {
        "activity_id": (TEXT, code("act-", "key")),
        "account_id": ACCOUNT,
        "activity_type": (TEXT, word(ACTIVITIES, "activity_type")),
        "occurred_at": (TIME, "occurred_at"),
        "duration_seconds": (WHOLE, count("duration_seconds")),
        **LOADED,
    },
    "engagement_events": {
        "event_id": (TEXT, code("eng-", "key")),
        "account_id": ACCOUNT,
        "user_id": PERSON,
        "channel": (TEXT, word([channel for channel, _ in ENGAGEMENTS], "action")),
        "action": (TEXT, word([action for _, action in ENGAGEMENTS], "action")),
        "occurred_at": (TIME, "occurred_at"),
        **LOADED,
    },
    "csm_pulses": {
        "pulse_id": (TEXT, code("pul-", "key")),
        "account_id": ACCOUNT,
        "csm": (TEXT, word(CSMS, "csm")),
        "pulse": (WHOLE, count("pulse")),
        "note": (TEXT, word(NOTES, "note")),
        "recorded_at": (TIME, "recorded_at"),
        **LOADED,
    },
    "churn_events": {
        "event_id": (TEXT, code("chu-", "key")),
        "account_id": ACCOUNT,
        "churned_at": (TIME, "churned_at"),
        "reason_code": (TEXT, word(CHURN_REASONS, "reason")),
        "is_reactivation": (FLAG, "is_reactivation"),
        **LOADED,
    },
    "score_overrides": {
        "override_id": (TEXT, code("ovr-", "key")),
        "account_id": ACCOUNT,
        "scorecard": (TEXT, word(SCORECARDS, "scorecard")),
        "kind": (TEXT, word(OVERRIDE_KINDS, "kind")),
        "value": (REAL, "value"),
        "reason": (TEXT, word(OVERRIDE_REASONS, "reason")),
        "author": (TEXT, word(CSMS, "author")),
        "starts_on": ("date", "starts_on"),
        "expires_on": ("date", "expires_on"),
        **LOADED,
    },
    "account_versions": {
        "account_id": ACCOUNT,
        "valid_from": (TIME, "valid_from"),
        "plan": (TEXT, word(PLANS, "plan")),
        "employee_count": (WHOLE, count("employees")),
        "csm": (TEXT, word(CSMS, "csm")),
        **LOADED,
    },
    "subscription_versions": {
        "subscription_id": (TEXT, code("sub-", "subscription")),
        "valid_from": (TIME, "valid_from"),
        "seats": (WHOLE, count("seats")),
        "renews_at": (TIME, "renews_at"),
        **LOADED,
    },
    "exchange_rates": {
        "currency": (TEXT, word(CURRENCIES, "currency")),
        "valid_from": (TIME, "valid_from"),
        "rate": (REAL, "rate"),
        **LOADED,
    },
    "erasure_requests": {
        "account_id": ACCOUNT,
        "user_id": PERSON,
        "requested_at": (TIME, "requested_at"),
        **LOADED,
    },
}

# --------------------------------------------------------------------------------- what gets broken


def stranger(rows: Rows) -> np.ndarray:
    """Numbers that no account or subscription bears."""
    return 900_000_000 + np.arange(len(rows["loaded_at"]))


def impossible(rows: Rows) -> np.ndarray:
    """Times in 1899 and 2999, in turn."""
    times = np.array(["1899-12-30T00:00:00", "2999-12-31T00:00:00"], dtype="M8[s]")
    return times[np.arange(len(rows["loaded_at"])) % 2]


def before(column: str, seconds: int) -> Callable[[Rows], np.ndarray]:
    """A time that lies some seconds before another of the row."""
    return lambda rows: rows[column] - np.timedelta64(seconds, "s")


def alternate(one: int, two: int) -> Callable[[Rows], np.ndarray]:
    """Two values in turn."""
    return lambda rows: np.where(np.arange(len(rows["loaded_at"])) % 2, one, two)


def usual(key: str, happened: str, *others: str) -> dict[str, dict]:
    """The breaches that every table of an account can have; `others` are its other times."""
    cleared = dict.fromkeys(others, NAT)
    return {
        f"missing {key}": {"key": NONE},
        "missing account_id": {"account": NONE},
        "unknown account": {"account": stranger},
        f"missing {happened}": {happened: NAT},
        f"impossible {happened}": {happened: impossible, **cleared},
    }


# table -> kind of breach -> array -> value, or function of the rows: each breaks one rule alone
BROKEN: dict[str, dict[str, dict]] = {
    "accounts": {
        "missing account_id": {"key": NONE},
        "missing signed_up_at": {"signed_up_at": NAT},
        "impossible signed_up_at": {"signed_up_at": impossible},
        "negative employee_count": {"employees": -250},
    },
    "users": {
        "missing user_id": {"key": NONE},
        "missing account_id": {"account": NONE},
        "unknown account": {"account": stranger},
        "impossible created_at": {"created_at": impossible, "deactivated_at": NAT},
        "deactivated before created": {"deactivated_at": before("created_at", DAY_SECONDS)},
    },
    "usage_events": {
        **usual("event_id", "occurred_at"),
        "negative duration_seconds": {"duration_seconds": -30},
    },
    "support_tickets": {
        **usual("ticket_id", "opened_at", "first_responded_at", "resolved_at", "reopened_at"),
        "first response before opened": {"first_responded_at": before("opened_at", 7_200)},
        "resolved before opened": {"resolved_at": before("opened_at", 86_400), "reopened_at": NAT},
        "reopened before opened": {"reopened_at": before("opened_at", 3_600)},
        "unknown severity": {"severity": SEVERITIES.index("urgent")},
        "unknown ticket_type": {"ticket_type": TICKET_TYPES.index("complaint")},
        "negative contact_count": {"contact_count": -2},
    },
    "survey_responses": {
        **usual("response_id", "responded_at"),
        "missing survey_type": {"survey_type": NONE},
        "missing score": {"score": np.nan},
        "unknown survey_type": {"survey_type": SURVEYS.index("stars"), "score": 4.0},
        "nps outside 0 to 10": {"survey_type": SURVEYS.index("nps"), "score": alternate(-1, 11)},
        "csat outside 1 to 5": {"survey_type": SURVEYS.index("csat"), "score": alternate(0, 6)},
        "ces outside 1 to 7": {"survey_type": SURVEYS.index("ces"), "score": alternate(0, 8)},
    },
    "subscriptions": {
        **usual("subscription_id", "started_at", "ended_at"),
        "ended before started": {"ended_at": before("started_at", 5 * DAY_SECONDS)},
        "negative mrr": {"mrr": -49.0},
        "negative seats": {"seats": -5},
    },
    "invoices": {
        **usual("invoice_id", "issued_at", "due_at", "paid_at", "voided_at"),
        "missing amount": {"amount": np.nan},
    },
    "success_activities": {
        **usual("activity_id", "occurred_at"),
        "missing activity_type": {"activity_type": NONE},
        "unknown activity_type": {"activity_type": ACTIVITIES.index("lunch")},
        "negative duration_seconds": {"duration_seconds": -600},
    },
    "engagement_events": {
        **usual("event_id", "occurred_at"),
        "missing channel and action": {"action": NONE},
        "unknown channel": {"action": ENGAGEMENTS.index(("fax", "sent"))},
        "unknown action": {"action": ENGAGEMENTS.index(("email", "like"))},
    },
    "csm_pulses": {
        **usual("pulse_id", "recorded_at"),
        "missing pulse": {"pulse": NONE},
        "pulse outside 1 to 5": {"pulse": alternate(0, 6)},
    },
    "churn_events": usual("event_id", "churned_at"),
    "score_overrides": {
        "missing override_id": {"key": NONE},
        "missing account_id": {"account": NONE},
        "unknown account": {"account": stranger},
        "missing scorecard": {"scorecard": NONE},
        "missing kind": {"kind": NONE},
        "missing value": {"value": np.nan},
        "missing reason": {"reason": NONE},
        "missing author": {"author": NONE},
        "missing starts_on": {"starts_on": NAT},
        "missing expires_on": {"expires_on": NAT},
        "unknown kind": {"kind": OVERRIDE_KINDS.index("boost")},
        "longer than 90 days": {"expires_on": before("starts_on", -120 * DAY_SECONDS)},
        "expires before it starts": {"expires_on": before("starts_on", 3 * DAY_SECONDS)},
    },
    "account_versions": {
        "missing account_id": {"account": NONE},
        "unknown account": {"account": stranger},
        "missing valid_from": {"valid_from": NAT},
        "impossible valid_from": {"valid_from": impossible},
    },
    "subscription_versions": {
        "missing subscription_id": {"subscription": NONE},
        "unknown subscription": {"subscription": stranger},
        "missing valid_from": {"valid_from": NAT},
        "impossible valid_from": {"valid_from": impossible},
    },
    "exchange_rates": {
        "missing currency": {"currency": NONE},
        "missing valid_from": {"valid_from": NAT},
        "impossible valid_from": {"valid_from": impossible},
        "missing rate": {"rate": np.nan},
        "rate not positive": {"rate": alternate(0, -1)},
    },
    "erasure_requests": {
        "neither account nor user": {"account": NONE, "person": NONE},
        "missing requested_at": {"requested_at": NAT},
        "impossible requested_at": {"requested_at": impossible},
    },
}

# Facts are never versions of each other; these get duplicates and conflicts.
FACT_TIMES = {
    "usage_events": "occurred_at",
    "survey_responses": "responded_at",
    "success_activities": "occurred_at",
    "engagement_events": "occurred_at",
    "csm_pulses": "recorded_at",
    "churn_events": "churned_at",
}


def chosen(rows: Rows, which: np.ndarray) -> Rows:
    """The rows at some positions, or where a mask holds."""
    return {name: array[which] for name, array in rows.items()}


def together(*parts: Rows) -> Rows:
    """Batches of the same arrays, one below the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def broken_copies(rng, kinds: dict[str, dict], rows: Rows, pool, number: int, turn: int, used: int):
    """Copies of good rows, each breaking one rule; returns them and how many of each kind.

    Keys up to `used` are taken.
    """
    copies = chosen(rows, rng.choice(pool, number))
    if "key" in copies:
        copies["key"] = max(rows["key"].max(), used) + 1 + np.arange(number)
    kind_of = (np.arange(number) + turn) % len(kinds)
    for index, changes in enumerate(kinds.values()):
        here = np.flatnonzero(kind_of == index)
        for name, value in changes.items():
            copies[name][here] = value(chosen(copies, here)) if callable(value) else value
    numbers = np.bincount(kind_of, minlength=len(kinds))
    return copies, dict(zip(kinds, numbers.tolist(), strict=True))


def with_faults(
    rng, table: str, rows: Rows, erased: int, turn: int, used: int = 0
) -> tuple[Rows, dict[str, int]]:
    """Rows with broken ones, duplicates and conflicts below them, and how many of each kind.

    The first batch (turn 0) has every kind at least once. Rows of the erased account are not
    copied, so that each planted row has one reason to be refused.
    """
    owner = rows.get("account")
    size = len(rows["loaded_at"])
    pool = np.arange(size) if owner is None else np.flatnonzero(owner != erased)
    if not len(pool):
        return rows, {}
    number = max(round(BROKEN_SHARE * size), len(BROKEN[table]) if turn == 0 else 0)
    copies, planted = broken_copies(rng, BROKEN[table], rows, pool, number, turn, used)
    parts = [rows, copies]
    if table in FACT_TIMES:
        twice = min(max(round(DUPLICATE_SHARE * size), int(turn == 0)), len(pool))
        differing = min(CONFLICTS_PER_TABLE if turn == 0 else 0, len(pool) - twice)
        picked = rng.choice(pool, twice + differing, replace=False)
        other = chosen(rows, picked[twice:])
        other[FACT_TIMES[table]] = other[FACT_TIMES[table]] - np.timedelta64(60, "s")
        parts += [chosen(rows, picked[:twice]), other]
        planted |= {"duplicate": twice, "conflict": differing}
    return together(*parts), planted


# ------------------------------------------------------------------------------------- time helpers


def add_months(when: np.ndarray, months: np.ndarray | int) -> np.ndarray:
    """The same day of the month, months later, at midnight; days after the 28th become the 28th."""
    month = when.astype("M8[M]")
    day = np.minimum((when.astype("M8[D]") - month.astype("M8[D]")).astype(int), 27)
    return ((month + months).astype("M8[D]") + day).astype("M8[s]")


def whole_months(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Full months from start to end, by the rule of add_months."""
    months = (end.astype("M8[M]") - start.astype("M8[M]")).astype(int)
    return months - (add_months(start, months) > end)


def instant(world: World, day: np.ndarray, second: np.ndarray | int = 0) -> np.ndarray:
    """The instant at a second of a day that is counted from first_day."""
    seconds = np.asarray(day) * DAY_SECONDS + second
    return world.first_day.astype("M8[s]") + seconds.astype("m8[s]")


def day_of(world: World, when: np.ndarray) -> np.ndarray:
    """The day of an instant, counted from first_day."""
    return (when.astype("M8[D]") - world.first_day).astype(int)


def week_of(world: World, when: np.ndarray) -> np.ndarray:
    """The week of an instant, counted from first_day; the first or last week outside the data."""
    return np.clip(day_of(world, when) // 7, 0, world.weeks - 1)


def so_far(world: World, when: np.ndarray) -> np.ndarray:
    """The same instants, NaT for those that had not come when the data were read."""
    return np.where(when <= world.cutoff, when, NAT)


def office_seconds(rng, region: np.ndarray) -> np.ndarray:
    """Seconds of the day (UTC) at which people of a region work."""
    hours = rng.normal(REGION_NOON[region], 2.4) % 24
    return (hours * 3600).astype(int)


def loaded(world: World, rng, latest: np.ndarray, may_be_late: np.ndarray | bool = True):
    """When rows arrived: the night after their latest event, a few of them 2 to 20 days later.

    Every night has its own minute between 02:00 and 04:00. The last load is the one that read the
    data, ten minutes after the cutoff.
    """
    late = (rng.random(len(latest)) < LATE_SHARE) & may_be_late
    night = latest.astype("M8[D]") + 1 + late * rng.integers(2, 21, len(latest))
    minute = 120 + (night.astype(int) * 7919 + world.seed) % 120
    arrived = night.astype("M8[s]") + minute.astype("m8[m]")
    return np.minimum(arrived, world.cutoff + np.timedelta64(600, "s"))


def nightly_versions(world: World, rng, rows: Rows, times: list[str], only=True) -> Rows:
    """Each row as the nightly loads saw it: one version per day on which one of its times lies.

    Where `only` is false the row was first loaded in its last state.
    """
    days = np.stack([rows[name].astype("M8[D]") for name in times])
    last = np.fmax.reduce(days)
    versions = []
    for index, day in enumerate(days):
        is_seen = ~np.isnat(day) & ~(days[index + 1 :] == day).any(axis=0)
        is_seen &= (day == last) | only
        version = chosen(rows, is_seen)
        night = (day[is_seen] + 1).astype("M8[s]")
        for name in times:
            version[name] = np.where(version[name] < night, version[name], NAT)
        version["is_last"] = day[is_seen] == last[is_seen]
        version["loaded_at"] = loaded(world, rng, day[is_seen], version["is_last"])
        versions.append(version)
    return together(*versions)


# ------------------------------------------------------------------------------ accounts and moods


def calendar(first_day: np.datetime64, days: int, outage_week: int) -> np.ndarray:
    """Each day's share of use: quiet weekends, summers, year ends, and one week of outage."""
    day = first_day + np.arange(days)
    weekday = (day.astype(int) + 3) % 7  # 0 is Monday
    month = day.astype("M8[M]").astype(int) % 12 + 1
    day_of_month = (day - day.astype("M8[M]").astype("M8[D]")).astype(int) + 1
    share = np.where(weekday >= 5, 0.16, 1.0) * np.where(np.isin(month, (7, 8)), 0.78, 1.0)
    is_year_end = ((month == 12) & (day_of_month >= 20)) | ((month == 1) & (day_of_month <= 2))
    share[is_year_end] *= 0.45
    share[outage_week * 7 : outage_week * 7 + 7] *= 0.3
    share[-1] *= 0.6  # read before the day was over
    return share


def make_world(accounts: int, months: int, events: int, seed: int, last_day: date) -> World:
    """The shared facts of a run; raises ValueError for sizes that cannot be made."""
    if min(accounts, months, events) < 1 or seed < 0:
        raise ValueError("accounts, months and events must be at least 1, and seed at least 0")
    last = np.datetime64(last_day, "D")
    first = add_months(last + 1, -months).astype("M8[D]")
    days = int((last - first).astype(int)) + 1
    weeks = (days + 6) // 7
    outage_week = int(weeks * 0.7)
    return World(
        seed, accounts, events, -(-accounts // CHUNK_ACCOUNTS), first,
        last.astype("M8[s]") + np.timedelta64(15, "h"), days, weeks, outage_week,
        calendar(first, days, outage_week),
    )  # fmt: skip


def sign_up_days(world: World, rng, size: int) -> np.ndarray:
    """Six in ten accounts exist on the first day; ever more of the others join as time goes by."""
    day = np.arange(world.days)
    growth = np.sqrt(world.calendar) * (1 + 0.8 * day / world.days)
    growth[-1] = 0
    growth = growth / growth.sum() if growth.sum() else np.full(world.days, 1 / world.days)
    earlier = -np.ceil(np.clip(rng.exponential(520, size), 1, 1900)).astype(int)
    return np.where(rng.random(size) < 0.6, earlier, rng.choice(day, size, p=growth))


def make_firms(world: World, chunk: int, rng) -> SimpleNamespace:
    """The accounts of a chunk, one array per trait; `number` is the account's own."""
    number = np.array_split(np.arange(world.accounts), world.chunks)[chunk] + 1
    n = len(number)
    employees = np.clip(np.exp(rng.normal(4.3, 1.4, n)), 5, 20_000).astype(int)
    plan = np.digitize(np.log(employees) + rng.normal(0, 0.6, n), [3.2, 4.8, 6.6])
    region = rng.choice(3, n, p=[0.42, 0.40, 0.18])
    joined = sign_up_days(world, rng, n)
    has_trial = (joined >= 0) & (rng.random(n) < 0.4)
    trial_days = np.where(has_trial, rng.choice([14, 30], n), 0)
    never_buys = has_trial & (rng.random(n) < 0.3)
    currency = np.where(region == 0, rng.choice(3, n, p=[0.1, 0.65, 0.25]), 0)
    currency[number % 331 == 17] = CURRENCIES.index("CHF")
    leader_goes = (rng.random(n) < 0.06) & (joined < world.days - 120)
    earliest = np.maximum(joined, 0) + 40
    goes_on = rng.integers(earliest, np.maximum(world.days - 20, earliest + 1))
    return SimpleNamespace(
        number=number, employees=np.where(rng.random(n) < 0.94, employees, NONE),
        plan=plan, region=region, joined=joined,
        signed_up_at=instant(world, joined, rng.integers(7 * 3600, 13 * 3600, n)),
        trial_days=trial_days, paid_day=np.where(never_buys, NEVER, joined + trial_days),
        currency=currency, leader_day=np.where(leader_goes, goes_on, NEVER),
        seats=np.clip(np.rint(employees**0.55 * np.exp(rng.normal(-0.1, 0.35, n))), 2, 400),
        is_annual=rng.random(n) < np.array([0.2, 0.45, 0.7, 0.9])[plan],
        pays_late=rng.random(n) < 0.1, answers=rng.random(n) < 0.75,
        appetite=np.exp(rng.normal(0, 0.4, n)) * np.where(rng.random(n) < 0.04, 0.02, 1.0),
        csm=np.where(rng.random(n) < 0.97, (region * 3 + rng.integers(0, 4, n)) % len(CSMS), NONE),
        industry=rng.integers(0, len(INDUSTRIES), n),
        parent=np.where(
            (rng.random(n) < 0.04) & (np.arange(n) > 0),
            number[(rng.random(n) * np.arange(n)).astype(int)], NONE,
        ),
    )  # fmt: skip


class Moods(NamedTuple):
    """Hidden moods by account and week, about normal with mean 0; `felt` is their slow echo."""

    value: np.ndarray
    fit: np.ndarray
    bond: np.ndarray
    felt: np.ndarray


def make_moods(world: World, firms: SimpleNamespace, rng) -> Moods:
    """Weekly walks around the account's own level, with rare jolts; a leader's exit is one."""
    n = len(firms.number)
    home = rng.normal(0, 0.8, (n, 3))
    now = home + rng.normal(0, 0.7, (n, 3))
    echo = now.mean(axis=1)
    past, echoes = [], []
    for week in range(world.weeks):
        jolt = np.where(rng.random((n, 1)) < 0.005, rng.normal(-0.5, 1.0, (n, 1)), 0.0)
        leader_gone = (firms.leader_day // 7 == week)[:, None] * np.array([-1.6, -0.3, -1.2])
        now = now + 0.035 * (home - now) + rng.normal(0, 0.19, (n, 3)) + jolt + leader_gone
        past.append(now)
        # Three weeks until it is noticed, about nine until it counts.
        echo = 0.89 * echo + 0.11 * past[max(week - 3, 0)] @ np.array([0.45, 0.25, 0.30])
        echoes.append(echo)
    value, fit, bond = np.moveaxis(np.array(past), 0, -1).transpose(1, 0, 2)
    return Moods(value, fit, bond, np.array(echoes).T / 0.65)


# ------------------------------------------------------------------------- subscriptions and money


def open_slot(book: SimpleNamespace, who: np.ndarray, slot: int, when, mrr: np.ndarray) -> None:
    """Begin a subscription: slot 0 is the plan, slots 1 and 2 are add-ons."""
    book.since[who, slot] = when
    book.mrr[who, slot] = np.round(mrr, 2)


def close_slot(book: SimpleNamespace, who: np.ndarray, slot: int, when) -> None:
    """End a subscription and enter it; NaT for those that still run."""
    addon_plan = len(SEAT_PRICES) - 1 + slot
    book.entries.append({
        "firm": who,
        "slot": np.full(len(who), slot),
        "plan": np.full(len(who), addon_plan) if slot else book.plan[who],
        "seats": np.full(len(who), NONE) if slot else book.seats[who].astype(int),
        "mrr": book.mrr[who, slot],
        "started_at": book.since[who, slot],
        "ended_at": np.broadcast_to(when, len(who)).astype("M8[s]"),
    })  # fmt: skip
    book.since[who, slot] = NAT


def list_price(book: SimpleNamespace, who: np.ndarray) -> np.ndarray:
    """Money per month for plan and seats, in the account's own currency."""
    return book.seats[who] * SEAT_PRICES[book.plan[who]] * book.discount[who]


def change_plans(world, book, rng, candidates, felt, start: int) -> None:
    """Some grow or shrink: the row ends and its successor starts at the same instant."""
    day = start + rng.integers(0, 7, len(candidates))
    fate, step = rng.random((2, len(candidates)))
    grows = fate < 0.0035 * np.exp(0.6 * felt)
    shrinks = ~grows & (fate > 1 - 0.0015 * np.exp(-0.6 * felt))
    changes = (grows | shrinks) & (day < world.days)
    who, grows, step = candidates[changes], grows[changes], step[changes]
    when = instant(world, day[changes], rng.integers(8 * 3600, 14 * 3600, len(who)))
    close_slot(book, who, 0, when)
    factor = np.where(grows, 1.15 + 0.5 * step, 0.55 + 0.3 * step)
    book.plan[who] = np.clip(book.plan[who] + np.where(step < 0.4, np.where(grows, 1, -1), 0), 0, 3)
    book.seats[who] = np.where(
        grows, np.ceil(book.seats[who] * factor), np.floor(book.seats[who] * factor).clip(1)
    )
    open_slot(book, who, 0, when, list_price(book, who))


def change_addons(world, book, rng, candidates, felt, start: int) -> None:
    """Some buy an add-on, some drop one."""
    for slot in (1, 2):
        day = start + rng.integers(0, 7, len(candidates))
        fate = rng.random(len(candidates))
        has_it = ~np.isnat(book.since[candidates, slot])
        buys = ~has_it & (fate < 0.0022 * np.exp(0.5 * felt)) & (day < world.days)
        drops = has_it & (fate < 0.005 * np.exp(-0.4 * felt)) & (day < world.days)
        when = instant(world, day, rng.integers(8 * 3600, 14 * 3600, len(day)))
        who = candidates[buys]
        open_slot(book, who, slot, when[buys], book.mrr[who, 0] * (0.08 + 0.06 * slot))
        close_slot(book, candidates[drops], slot, when[drops])


def leave_and_return(world, book, rng, end: int) -> None:
    """Carry out notices that run out before day `end`; a few come back, soon or much later."""
    who = np.flatnonzero(book.leave_day < end)
    when = instant(world, book.leave_day[who], rng.integers(8 * 3600, 14 * 3600, len(who)))
    for slot in range(3):
        is_open = ~np.isnat(book.since[who, slot])
        close_slot(book, who[is_open], slot, when[is_open])
    book.moves.append({"firm": who, "at": when, "is_return": np.zeros(len(who), bool)})
    fate = rng.random(len(who))
    soon, later = rng.integers(3, 26, len(who)), rng.integers(50, 220, len(who))
    away = np.where(fate < 0.10, soon, np.where(fate < 0.17, later, NEVER))
    book.back_day[who] = book.leave_day[who] + away
    book.leave_day[who] = NEVER

    who = np.flatnonzero(book.back_day < end)
    when = instant(world, book.back_day[who], rng.integers(8 * 3600, 14 * 3600, len(who)))
    open_slot(book, who, 0, when, list_price(book, who))
    is_back = np.arange(world.days) >= book.back_day[who, None]
    book.fading[who] = np.where(is_back, 1.0, book.fading[who])
    book.moves.append({"firm": who, "at": when, "is_return": np.ones(len(who), bool)})
    book.back_day[who] = NEVER


def decide_to_leave(world, book, rng, firms, felt, start: int) -> None:
    """Give notice of 10 to 45 days, likelier in a bad mood and before an annual renewal."""
    since = book.since[:, 0]
    age = start - day_of(world, np.where(np.isnat(since), world.cutoff, since))
    year_end = np.where(age % 365 > 300, 2.2, 0.7)
    hazard = LEAVING_PER_WEEK * np.exp(-1.4 * felt) * np.where(firms.is_annual, year_end, 1.0)
    leaves = (rng.random(len(felt)) < hazard) & (age > 28) & (book.leave_day == NEVER)
    who = np.flatnonzero(leaves)
    book.leave_day[who] = start + rng.integers(10, 46, len(who))
    for firm in who:  # use fades from the notice on
        book.fading[firm, max(start, 0) :] *= np.exp(-np.arange(world.days - start) / 21)


def make_ledger(world: World, firms: SimpleNamespace, moods: Moods, rng) -> SimpleNamespace:
    """Every account's contracts, week by week, driven by how it has felt for a while."""
    n = len(firms.number)
    book = SimpleNamespace(
        plan=firms.plan.copy(), seats=firms.seats.copy(), discount=rng.uniform(0.8, 1.0, n),
        mrr=np.zeros((n, 3)), since=np.full((n, 3), NAT), entries=[], moves=[],
        leave_day=np.full(n, NEVER), back_day=np.full(n, NEVER),
        fading=np.ones((n, world.days)),
    )  # fmt: skip
    has_bought = np.zeros(n, bool)
    for week in range(world.weeks):
        start, end = 7 * week, min(7 * week + 7, world.days)
        felt = moods.felt[:, week]
        new = np.flatnonzero(~has_bought & (firms.paid_day < end))
        bought_at = firms.signed_up_at[new] + firms.trial_days[new] * DAY
        open_slot(book, new, 0, bought_at, list_price(book, new))
        has_bought[new] = True
        leave_and_return(world, book, rng, end)
        decide_to_leave(world, book, rng, firms, felt, start)
        settled = book.since[:, 0] < instant(world, start - 45)
        stays = np.flatnonzero(settled & (book.leave_day == NEVER))
        change_plans(world, book, rng, stays, felt[stays], start)
        change_addons(world, book, rng, stays, felt[stays], start)
    for slot in range(3):
        close_slot(book, np.flatnonzero(~np.isnat(book.since[:, slot])), slot, NAT)
    book.rows, book.moves = together(*book.entries), together(*book.moves)
    book.moves = chosen(book.moves, np.argsort(book.moves["at"], kind="stable"))
    return book


def presence(world: World, firms: SimpleNamespace, ledger: Rows) -> np.ndarray:
    """Whether an account can use the product, by account and day: from the day after sign-up."""
    begins = np.concatenate([firms.joined, day_of(world, ledger["started_at"])])
    ended = np.where(np.isnat(ledger["ended_at"]), world.cutoff + 2 * DAY, ledger["ended_at"])
    ends = np.concatenate([firms.joined + firms.trial_days, day_of(world, ended)])
    firm = np.concatenate([np.arange(len(firms.number)), ledger["firm"]])
    steps = np.zeros((len(firms.number), world.days + 1), int)
    np.add.at(steps, (firm, np.clip(begins, 0, world.days)), 1)
    np.add.at(steps, (firm, np.clip(ends, 0, world.days)), -1)
    day = np.arange(world.days)
    return (steps[:, :-1].cumsum(axis=1) > 0) & (day > firms.joined[:, None])


def subscription_rows(world: World, firms: SimpleNamespace, ledger: Rows, rng) -> Rows:
    """Plans, add-ons and trials; one that ended has an older version in which it still ran."""
    trial = np.flatnonzero(firms.trial_days)
    trial_end = so_far(world, firms.signed_up_at[trial] + firms.trial_days[trial] * DAY)
    trials = {
        "firm": trial, "slot": np.zeros(len(trial), int), "plan": firms.plan[trial],
        "seats": np.full(len(trial), 5), "mrr": np.zeros(len(trial)),
        "started_at": firms.signed_up_at[trial], "ended_at": trial_end,
    }  # fmt: skip
    rows = together(ledger, trials)
    firm, size = rows["firm"], len(rows["firm"])
    rows["is_trial"] = np.arange(size) >= size - len(trial)
    rows["is_addon"] = rows["slot"] > 0
    rows["key"] = firms.number[firm] * 100 + rank_within(firm)
    rows["account"], rows["currency"] = firms.number[firm], firms.currency[firm]
    rows["seats"] = np.where(firm % 53 == 7, NONE, rows["seats"])  # never told to the source
    latest = np.where(np.isnat(rows["ended_at"]), world.cutoff, rows["ended_at"])
    term = np.where(firms.is_annual[firm], 12, 1)
    terms = whole_months(rows["started_at"], latest) // term + 1
    renews_at = add_months(rows["started_at"], terms * term)  # the source overwrites it
    rows["renews_at"] = np.where(rows["is_trial"], NAT, renews_at)
    return nightly_versions(world, rng, rows, ["started_at", "ended_at"])


def rank_within(group: np.ndarray) -> np.ndarray:
    """Place of each row among those of its group, in the order given, from 0."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    first = np.searchsorted(ordered, ordered)
    ranks = np.empty(len(group), int)
    ranks[order] = np.arange(len(group)) - first
    return ranks


def subscription_version_rows(world: World, firms, subscriptions: Rows, rng) -> Rows:
    """What the source overwrote at each annual renewal that has passed: next renewal and seats."""
    now = np.where(np.isnat(subscriptions["ended_at"]), world.cutoff, subscriptions["ended_at"])
    years = whole_months(subscriptions["started_at"], now) // 12
    is_plan = ~subscriptions["is_addon"] & ~subscriptions["is_trial"] & subscriptions["is_last"]
    renewed = is_plan & firms.is_annual[subscriptions["firm"]] & (years > 0)
    rows, years = chosen(subscriptions, renewed), years[renewed]
    take = np.repeat(np.arange(len(years)), years + 1)
    year = rank_within(take)
    start, seats = rows["started_at"][take], rows["seats"][take]
    valid_from = np.where(year == 0, start, add_months(start, 12 * year))
    fewer = np.where(year == years[take], seats, np.maximum(seats * 9 // 10, 1))
    return {
        "account": rows["account"][take], "subscription": rows["key"][take],
        "valid_from": valid_from, "renews_at": add_months(start, 12 * (year + 1)),
        "seats": np.where(seats == NONE, NONE, fewer),
        "loaded_at": loaded(world, rng, valid_from),
    }  # fmt: skip


def account_version_rows(world: World, firms: SimpleNamespace, ledger: Rows, rng) -> Rows:
    """Plans, and for some the size and manager, that accounts had before; NULL is no change."""
    plans = chosen(ledger, ledger["slot"] == 0)
    plans = chosen(plans, np.lexsort((plans["started_at"], plans["firm"])))
    times_of = np.bincount(plans["firm"], minlength=len(firms.number))
    grew = rng.random(len(firms.number)) < 0.5
    plans = chosen(plans, times_of[plans["firm"]] > 1)
    firm, place = plans["firm"], rank_within(plans["firm"])
    is_first, is_last = place == 0, place == times_of[firm] - 1
    known = (firms.employees[firm] >= 0) & grew[firm] & (is_first | is_last)
    size = np.where(is_first, firms.employees[firm] * 4 // 5, firms.employees[firm])
    had_other = ~grew[firm] & (firms.csm[firm] != NONE) & (is_first | is_last)
    manager = np.where(is_first, (firms.csm[firm] + 1) % len(CSMS), firms.csm[firm])
    return {
        "account": firms.number[firm], "valid_from": plans["started_at"], "plan": plans["plan"],
        "employees": np.where(known, size, NONE), "csm": np.where(had_other, manager, NONE),
        "loaded_at": loaded(world, rng, plans["started_at"]),
    }  # fmt: skip


def account_rows(world: World, firms: SimpleNamespace, book: SimpleNamespace, rng) -> Rows:
    """One row per account, with today's plan and size."""
    n = len(firms.number)
    return {
        "key": firms.number, "account": firms.number, "plan": book.plan,
        "name_one": rng.integers(0, len(NAMES_ONE), n),
        "name_two": rng.integers(0, len(NAMES_TWO), n),
        "name_three": rng.integers(0, len(NAMES_THREE), n),
        "industry": firms.industry, "region": firms.region, "csm": firms.csm,
        "employees": firms.employees, "signed_up_at": firms.signed_up_at, "parent": firms.parent,
        "loaded_at": loaded(world, rng, firms.signed_up_at),
    }  # fmt: skip


def invoice_rows(world: World, firms: SimpleNamespace, moods: Moods, ledger: Rows, rng) -> Rows:
    """Bills in advance, monthly, or quarterly for annual contracts, since the first day.

    A bill that was open beyond its due day was loaded when issued, and again when it was settled.
    """
    end = np.where(np.isnat(ledger["ended_at"]), world.cutoff, ledger["ended_at"])
    every = np.where(firms.is_annual[ledger["firm"]], 3, 1)
    take = np.repeat(np.arange(len(end)), whole_months(ledger["started_at"], end) // every + 1)
    issued = add_months(ledger["started_at"][take], rank_within(take) * every[take])
    issued = issued + rng.integers(5 * 3600, 7 * 3600, len(take)).astype("m8[s]")
    is_ours = (issued >= world.first_day) & (issued < end[take])
    take, issued = take[is_ours], issued[is_ours]
    firm, size = ledger["firm"][take], len(take)
    bond, felt = (mood[firm, week_of(world, issued)] for mood in (moods.bond, moods.felt))
    term = np.where(firms.plan[firm] >= 2, 30, 14)
    is_late = rng.random(size) < chance(-3.2 - 0.8 * bond + 3.5 * firms.pays_late[firm])
    delay = np.where(
        is_late, term + 1 + rng.exponential(12, size), term * rng.uniform(0.05, 0.95, size)
    )
    fate = rng.random(size)
    wrong, lost = fate < 0.01, fate > 0.995 - chance(-4.5 - 1.5 * felt)
    voided = np.where(wrong, issued + rng.integers(1, 10, size) * DAY, NAT)
    voided = np.where(lost, issued + rng.integers(70, 200, size) * DAY, voided)  # written off
    paid_at = np.where(wrong | lost, NAT, issued + (delay * DAY_SECONDS).astype("m8[s]"))
    due_at = issued + term * DAY
    rows = {
        "key": firms.number[firm] * 1000 + rank_within(firm), "account": firms.number[firm],
        "amount": np.round(ledger["mrr"][take] * every[take], 2),
        "currency": firms.currency[firm], "issued_at": issued, "due_at": due_at,
        "paid_at": so_far(world, paid_at), "voided_at": so_far(world, voided),
    }  # fmt: skip
    was_due = np.fmax(rows["paid_at"], rows["voided_at"]) > due_at
    return nightly_versions(world, rng, rows, ["issued_at", "paid_at", "voided_at"], was_due)


def churn_rows(world: World, firms: SimpleNamespace, moves: Rows, rng) -> Rows:
    """Departures, and returns as rows with is_reactivation."""
    size = len(moves["firm"])
    reason = rng.integers(NONE, len(CHURN_REASONS), size)
    return {
        "key": firms.number[moves["firm"]] * 100 + rank_within(moves["firm"]),
        "account": firms.number[moves["firm"]], "churned_at": moves["at"],
        "reason": np.where(moves["is_return"], NONE, reason),
        "is_reactivation": moves["is_return"], "loaded_at": loaded(world, rng, moves["at"]),
    }  # fmt: skip


# ------------------------------------------------------------------------ people and what they do


def chance(odds: np.ndarray) -> np.ndarray:
    """Logistic function: log odds to probability."""
    return 1 / (1 + np.exp(-odds))


class People(NamedTuple):
    """Users of a chunk, by account and then by age: one number each, and who was there when."""

    first: np.ndarray  # number of each account's first user
    by_day: np.ndarray  # users that exist at the start of a day, by account and day
    last_day: np.ndarray  # last day of each user


def make_people(world: World, chunk: int, firms: SimpleNamespace, rng) -> tuple[Rows, People]:
    """Users; the first of an account is the heaviest, and is the leader who may go."""
    wanted = np.maximum(np.rint(firms.seats * rng.uniform(0.6, 1.15, len(firms.number))), 1)
    firm = np.repeat(np.arange(len(wanted)), wanted.astype(int))
    size = len(firm)
    wait = rng.exponential(np.where(rng.random(size) < 0.6, 12, 260)) * DAY_SECONDS
    wait = np.where(rank_within(firm) == 0, 120, wait + 120).astype("m8[s]")
    created = firms.signed_up_at[firm] + wait
    order = np.lexsort((created, firm))
    order = order[created[order] <= world.cutoff]
    firm, created = firm[order], created[order]
    place, size = rank_within(firm), len(firm)
    stay = (rng.exponential(6000, size) * DAY_SECONDS).astype("m8[s]")
    gone = np.where(place == 0, NAT, created + stay + DAY)
    leads_and_goes = (place == 0) & (firms.leader_day[firm] < world.days)
    left_at = instant(world, firms.leader_day[firm], rng.integers(9 * 3600, 14 * 3600, size))
    gone = so_far(world, np.where(leads_and_goes, left_at, gone))

    arrivals = np.zeros((len(firms.number), world.days + 1), int)
    np.add.at(arrivals, (firm, np.clip(day_of(world, created) + 1, 0, world.days)), 1)
    number = chunk * 1_000_000 + np.arange(size)
    sizes = np.bincount(firm, minlength=len(firms.number))
    people = People(
        chunk * 1_000_000 + np.cumsum(sizes) - sizes,
        arrivals[:, :-1].cumsum(axis=1),
        np.where(np.isnat(gone), NEVER, day_of(world, gone) - 1),
    )
    rows = {
        "key": number, "account": firms.number[firm], "created_at": created,
        "deactivated_at": gone, "first_name": rng.integers(0, len(FIRST_NAMES), size),
        "last_name": rng.integers(0, len(LAST_NAMES), size),
        "role": np.where(place == 0, 0, rng.integers(1, len(ROLES), size)),
    }  # fmt: skip
    return nightly_versions(world, rng, rows, ["created_at", "deactivated_at"]), people


def someone(rng, people: People, firm, day, reach=1.0, unknown: float = 0.08) -> np.ndarray:
    """A user of each account who is there on the day, heavy ones more often; NONE for unknown.

    `reach` is the share of the users that come into question.
    """
    there = np.maximum(np.ceil(people.by_day[firm, day] * reach), 1).astype(int)
    start = people.first[0]
    place = (there * rng.random(len(firm)) ** 1.6).astype(int)
    who = people.first[firm] + place
    for _ in range(2):  # whoever has left is replaced by the next, at most twice
        has_left = people.last_day[np.minimum(who - start, len(people.last_day) - 1)] < day
        place = np.where(has_left, (place + 1) % there, place)
        who = people.first[firm] + place
    has_left = people.last_day[np.minimum(who - start, len(people.last_day) - 1)] < day
    nobody = has_left | (people.by_day[firm, day] == 0) | (rng.random(len(firm)) < unknown)
    return np.where(nobody, NONE, who)


def happenings(world: World, firms: SimpleNamespace, present, rng, rate) -> tuple:
    """Random moments at a rate per account and week: (account, day, instant), in office hours.

    Only while the account is present; weekends are quieter.
    """
    many = rng.poisson(np.minimum(np.broadcast_to(rate, (len(present), world.weeks)), 200))
    firm, week = np.divmod(np.repeat(np.arange(many.size), many.ravel()), world.weeks)
    day = week * 7 + rng.integers(0, 7, len(firm))
    when = instant(world, day, office_seconds(rng, firms.region[firm]))
    is_weekend = (day + world.first_day.astype(int) + 3) % 7 >= 5
    keep = (when <= world.cutoff) & (~is_weekend | (rng.random(len(firm)) < 0.25))
    keep[keep] = present[firm[keep], day[keep]]
    return firm[keep], day[keep], when[keep]


def ticket_rows(world, firms, moods: Moods, present, people: People, rng) -> Rows:
    """Tickets, as every night saw them: opened, answered, resolved, reopened, resolved again."""
    strain = np.exp(-0.45 * moods.fit - 0.15 * moods.value)
    burst = np.where(rng.random(strain.shape) < 0.006, 12.0, 1.0)
    burst[:, world.outage_week] *= 9
    firm, day, opened = happenings(
        world, firms, present, rng, 0.075 * firms.seats[:, None] ** 0.4 * strain * burst
    )
    size, week = len(firm), week_of(world, opened)
    bond, fit = moods.bond[firm, week], moods.fit[firm, week]

    def after(start, median_hours: float, spread: float, ease: float) -> np.ndarray:
        hours = median_hours * np.exp(rng.normal(0, spread, size) - ease * bond)
        return start + (hours * 3600).astype("m8[s]") + np.timedelta64(60, "s")

    def some(when, log_odds) -> np.ndarray:
        return so_far(world, np.where(rng.random(size) < chance(log_odds), when, NAT))

    answered = some(after(opened, 2.5, 1.1, 0.35), 3.0 + 0.4 * bond)
    resolved = some(after(answered, 20, 1.2, 0.3), 2.6 + 0.8 * bond)
    swept = so_far(world, opened + rng.integers(40 * DAY_SECONDS, 130 * DAY_SECONDS, size))
    resolved = np.where(np.isnat(resolved) & (rng.random(size) < 0.9), swept, resolved)
    reopened = some(after(resolved, 30, 0.6, 0.0), -2.9 - 0.3 * fit)
    again = some(after(reopened, 18, 0.8, 0.3), 0.8)
    in_outage = week == world.outage_week
    kind = rng.choice(5, size, p=[0.38, 0.27, 0.12, 0.13, 0.10])
    severity = rng.choice(4, size, p=[0.3, 0.46, 0.18, 0.06])
    severity += in_outage & (rng.random(size) < 0.6)
    rows = {
        "key": firms.number[firm] * 100_000 + rank_within(firm), "account": firms.number[firm],
        "firm": firm, "person": someone(rng, people, firm, day), "opened_at": opened,
        "first_responded_at": answered, "first_resolved_at": resolved, "reopened_at": reopened,
        "resolved_again_at": again, "severity": np.minimum(severity, 3),
        "ticket_type": np.where(in_outage, 2, kind),
        "contact_count": np.where(rng.random(size) < 0.05, NONE, 1 + rng.poisson(0.8, size)),
    }  # fmt: skip
    times = [name for name in rows if name.endswith("_at")]
    rows = nightly_versions(world, rng, rows, times)
    again = rows.pop("resolved_again_at")
    rows["resolved_at"] = np.where(np.isnat(again), rows.pop("first_resolved_at"), again)
    return rows


def survey_rows(world, firms, moods: Moods, present, people, tickets: Rows, rng) -> Rows:
    """NPS every quarter, CSAT and effort after a ticket; some accounts never answer."""
    asked = np.arange(world.weeks) % 13 == (firms.number % 13)[:, None]
    rate = asked * (0.35 * firms.seats**0.4 * firms.answers)[:, None]
    firm, _, when = happenings(world, firms, present, rng, rate)
    after = chosen(tickets, tickets["is_last"] & ~np.isnat(tickets["resolved_at"]))
    after = chosen(after, firms.answers[after["firm"]])
    fate = rng.random(len(after["firm"]))
    wait = rng.integers(600, 40_000, len(fate)).astype("m8[s]")
    told = so_far(world, after["resolved_at"] + wait)
    heard = ~np.isnat(told) & (fate < 0.42)
    kind = np.concatenate([np.zeros(len(firm), int), np.where(fate[heard] < 0.3, 1, 2)])
    firm = np.concatenate([firm, after["firm"][heard]])
    when = np.concatenate([when, told[heard]])
    week, size = week_of(world, when), len(firm)
    value, fit, bond = (mood[firm, week] for mood in moods[:3])
    noise = rng.normal(0, 1, size)
    nps = np.clip(np.rint(7.4 + 1.2 * value + 0.9 * bond + 1.3 * noise), 0, 10)
    csat = np.clip(np.rint(2 * (3.8 + 0.6 * bond + 0.2 * fit + 0.8 * noise)) / 2, 1, 5)
    ces = np.clip(np.rint(4.9 + 0.9 * fit + 0.4 * value + noise), 1, 7)
    return {
        "key": firms.number[firm] * 1000 + rank_within(firm), "account": firms.number[firm],
        "person": someone(rng, people, firm, day_of(world, when)), "survey_type": kind,
        "score": np.choose(kind, [nps, csat, ces]), "responded_at": when,
        "comment": np.where(rng.random(size) < 0.2, rng.integers(0, len(COMMENTS), size), NONE),
        "loaded_at": loaded(world, rng, when),
    }  # fmt: skip


def activity_rows(world, firms, moods: Moods, present, rng) -> Rows:
    """Onboarding and activation once, then trainings, goals, reviews and resources by the week."""
    n = len(firms.number)
    ready = moods.value[np.arange(n), np.clip(firms.joined // 7, 0, world.weeks - 1)]
    found = []

    def add(kind: str, firm, when) -> None:
        keep = when <= world.cutoff
        found.append((np.full(keep.sum(), ACTIVITIES.index(kind)), firm[keep], when[keep]))

    buys = firms.paid_day < NEVER
    for kind, ease, days in (("onboarding_completed", 1.6, 45), ("activation_completed", 1.1, 80)):
        done = np.flatnonzero(buys & (rng.random(n) < chance(ease + 0.8 * ready)))
        wait = rng.integers(4 * DAY_SECONDS, days * DAY_SECONDS, len(done)).astype("m8[s]")
        add(kind, done, firms.signed_up_at[done] + wait)
    reviewed = np.array([0.01, 0.02, 0.06, 0.09])[firms.plan][:, None]
    for kind, rate in (
        ("training_session", 0.02 * np.exp(0.35 * moods.bond)),
        ("goal_set", 0.022 * np.exp(0.3 * moods.bond)),
        ("business_review", reviewed * np.exp(0.4 * moods.bond)),
        ("resource_viewed", 0.16 * np.exp(0.5 * moods.value)),
    ):
        firm, _, when = happenings(world, firms, present, rng, rate)
        add(kind, firm, when)
        if kind == "goal_set":
            value = moods.value[firm, week_of(world, when)]
            reached = rng.random(len(firm)) < chance(0.4 + 1.1 * value)
            wait = rng.integers(20, 150, len(firm)) * DAY
            add("goal_achieved", firm[reached], (when + wait)[reached])
    kind, firm, when = (np.concatenate(column) for column in zip(*found, strict=True))
    meetings = [ACTIVITIES.index("training_session"), ACTIVITIES.index("business_review")]
    lasts = np.isin(kind, meetings)
    return {
        "key": firms.number[firm] * 1000 + rank_within(firm), "account": firms.number[firm],
        "activity_type": kind, "occurred_at": when,
        "duration_seconds": np.where(lasts, rng.integers(20, 90, len(kind)) * 60, NONE),
        "loaded_at": loaded(world, rng, when),
    }  # fmt: skip


def engagement_rows(world, firms, moods: Moods, present, people, rng) -> Rows:
    """Community, e-mail, web, reviews, referrals; some study the prices for days and then ask."""
    value, _, bond, felt = moods
    found = []

    def add(channel: str, action: str, firm, when) -> None:
        keep = when <= world.cutoff
        index = ENGAGEMENTS.index((channel, action))
        found.append((np.full(keep.sum(), index), firm[keep], when[keep]))

    keen, warm = np.exp(0.5 * value), np.exp(0.9 * bond)
    crowd = firms.appetite[:, None] * firms.seats[:, None] ** 0.4 / 3
    for channel, action, rate in (
        ("community", "like", 0.10 * crowd * warm), ("community", "comment", 0.035 * crowd * warm),
        ("community", "share", 0.02 * crowd * warm), ("community", "post", 0.012 * crowd * warm),
        ("community", "invite", 0.008 * crowd * warm), ("web", "page_view", 0.25 * crowd * keen),
        ("web", "pricing_view", 0.015 * keen), ("web", "resource_view", 0.06 * crowd * keen),
        ("web", "query", 0.012 * keen), ("review", "positive", 0.003 * np.exp(0.9 * felt)),
        ("review", "negative", 0.0018 * np.exp(-0.9 * felt)),
        ("referral", "referred", 0.003 * np.exp(0.9 * felt)),
    ):  # fmt: skip
        firm, _, when = happenings(world, firms, present, rng, rate)
        add(channel, action, firm, when)
    firm, day, when = happenings(world, firms, present, rng, 0.5)
    add("email", "sent", firm, when)
    opened = rng.random(len(firm)) < chance(-0.4 + 0.7 * bond[firm, day // 7])
    clicked = opened & (rng.random(len(firm)) < 0.2)
    add("email", "open", firm[opened], when[opened] + np.timedelta64(3700, "s"))
    add("email", "click", firm[clicked], when[clicked] + np.timedelta64(3760, "s"))
    firm, _, when = happenings(world, firms, present, rng, 0.006 * keen)
    for days in range(3):
        add("web", "pricing_view", firm, when + days * DAY)
    asks = rng.random(len(firm)) < 0.6
    wait = rng.integers(2, 8, len(firm)) * DAY
    add("web", "query", firm[asks], (when + wait)[asks])
    action, firm, when = (np.concatenate(column) for column in zip(*found, strict=True))
    return {
        "key": firms.number[firm] * 100_000 + rank_within(firm), "account": firms.number[firm],
        "person": someone(rng, people, firm, day_of(world, when), unknown=0.2),
        "action": action, "occurred_at": when, "loaded_at": loaded(world, rng, when),
    }  # fmt: skip


def pulse_rows(world, firms, moods: Moods, present, rng) -> Rows:
    """What managers feel about their accounts, more often the bigger the plan."""
    rate = np.where(firms.csm == NONE, 0, np.array([0.03, 0.1, 0.2, 0.25])[firms.plan])
    firm, day, when = happenings(world, firms, present, rng, rate[:, None])
    size, week = len(firm), day // 7
    feeling = 3.4 + 0.8 * moods.bond[firm, week] + 0.4 * moods.value[firm, week]
    return {
        "key": firms.number[firm] * 1000 + rank_within(firm), "account": firms.number[firm],
        "csm": firms.csm[firm], "recorded_at": when,
        "pulse": np.clip(np.rint(feeling + rng.normal(0, 0.7, size)), 1, 5).astype(int),
        "note": np.where(rng.random(size) < 0.3, rng.integers(0, len(NOTES), size), NONE),
        "loaded_at": loaded(world, rng, when),
    }  # fmt: skip


# ------------------------------------------------------------------------------------ product use


def session_rates(world: World, firms, moods: Moods, fading, present) -> np.ndarray:
    """How likely each session is to fall on an account and day; sums to 1."""
    day = np.arange(world.days)
    drive = np.exp(0.85 * moods.value + 0.25 * moods.fit + 0.15 * moods.bond)
    size = (firms.appetite * firms.seats**0.75)[:, None]
    settling = np.clip(0.4 + (day - firms.joined[:, None]) / 75, 0, 1)
    rates = size * drive[:, day // 7] * world.calendar * settling * fading * present
    return rates / rates.sum() if rates.sum() else rates


def session_lengths(rng, size: int) -> np.ndarray:
    """Events per session, 1 to 20, geometric; drawn by layers, so that the sum hardly varies."""
    shares = (1 - LENGTH_DECAY) * LENGTH_DECAY ** np.arange(20) / (1 - LENGTH_DECAY**20)
    layer = (rng.permutation(size) + rng.random(size)) / max(size, 1)
    return np.minimum(np.searchsorted(np.cumsum(shares), layer), 19) + 1


def sessions_per_cell(world: World, chunk: int, firms, rates: np.ndarray, rng) -> np.ndarray:
    """Sessions of the chunk by account and day, so many that all chunks make world.events rows."""
    mean_length = np.arange(1, 21) @ LENGTH_DECAY ** np.arange(20) * (1 - LENGTH_DECAY)
    mean_length /= 1 - LENGTH_DECAY**20
    rows = world.events * len(firms.number) / world.accounts
    total = round(rows / (1 + BROKEN_SHARE + DUPLICATE_SHARE) / mean_length)
    if not rates.any():
        return np.zeros(rates.shape, int)
    sessions = rng.multinomial(total, rates.ravel()).reshape(rates.shape)
    today = rates[:, -1]
    if chunk == 0 and today.any() and not sessions[:, -1].any():
        sessions[today.argmax(), -1] = 1  # even the smallest input reaches the last day
    return sessions


def usage_batches(world: World, chunk: int, firms, moods: Moods, fading, present, people: People):
    """Usage events of a chunk, at most about a million rows at a time."""
    rng = np.random.default_rng([world.seed, chunk, 1])
    rates = session_rates(world, firms, moods, fading, present)
    sessions = sessions_per_cell(world, chunk, firms, rates, rng).ravel()
    part = (np.cumsum(sessions) - 1) // SESSIONS_PER_FILE
    used = np.flatnonzero(sessions)
    # Exploration follows the fit: from three features to all that the plan has.
    most = PLAN_FEATURES[firms.plan][:, None]
    reach = np.minimum(3 + (most - 2) * chance(0.9 * moods.fit), most)
    share = chance(0.9 + 0.8 * moods.value)
    for index in np.unique(part[used]):
        cells = used[part[used] == index]
        rng = np.random.default_rng([world.seed, chunk, 2, int(index)])
        cell = np.repeat(cells, sessions[cells])
        firm, day = np.divmod(cell, world.days)
        week = day // 7
        person = someone(rng, people, firm, day, share[firm, week], unknown=0.02)
        pace = np.exp(0.15 * moods.fit[firm, week])
        number = chunk * 10**9 + int(index) * 10**6 + np.arange(len(cell))
        session = np.where(rng.random(len(cell)) < 0.01, NONE, number)
        starts = session_starts(world, rng, firms, firm, day)
        rows = session_events(world, rng, starts, pace, reach[firm, week])
        row_session = rows.pop("row_session")
        yield {
            "key": chunk * 10**10 + int(index) * 10**7 + np.arange(len(row_session)),
            "account": firms.number[firm][row_session], "person": person[row_session],
            "session": session[row_session], **rows,
            "loaded_at": loaded(world, rng, rows["occurred_at"]),
        }  # fmt: skip


def session_starts(world: World, rng, firms, firm: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Instants in office hours; on the last day squeezed into the hours that were read."""
    second = office_seconds(rng, firms.region[firm])
    second = np.where(day == world.days - 1, second * 15 // 24, second)
    return instant(world, day, second)


def session_events(world: World, rng, starts, pace, reach) -> Rows:
    """A login and then up to 19 steps, each as many seconds after the former as that lasted."""
    length = session_lengths(rng, len(starts))
    first = np.cumsum(length) - length
    row_session = np.repeat(np.arange(len(starts)), length)
    size = len(row_session)
    lasts = np.minimum(np.exp(rng.normal(4.2, 0.9, size)) * pace[row_session], 1200).astype(int) + 1
    elapsed = np.cumsum(lasts) - lasts
    elapsed -= elapsed[first][row_session]
    is_login = np.zeros(size, bool)
    is_login[first] = True
    feature = (reach[row_session] * rng.random(size) ** 2.0).astype(int)
    other = rng.random(size)
    feature[is_login | (other < 0.15)] = NONE
    return {
        "row_session": row_session, "feature": feature,
        "event_name": np.where(is_login, 0, feature + 2),
        "occurred_at": np.minimum(starts[row_session] + elapsed.astype("m8[s]"), world.cutoff),
        "duration_seconds": np.where(other > 0.98, NONE, lasts),
    }  # fmt: skip


# -------------------------------------------------------------------- tables of the whole company


def rate_rows(world: World, rng) -> Rows:
    """Monthly exchange rates to USD, from a year before the first day."""
    month = np.arange(world.first_day.astype("M8[M]") - 12, world.cutoff.astype("M8[M]") + 1)
    walk = np.exp(np.cumsum(rng.normal(0, 0.012, (len(RATES), len(month))), axis=1))
    rate = np.round(np.array(list(RATES.values()))[:, None] * walk, 4)
    valid_from = np.tile(month.astype("M8[s]"), len(RATES))
    return {
        "currency": np.repeat([CURRENCIES.index(name) for name in RATES], len(month)),
        "valid_from": valid_from, "rate": rate.ravel(),
        "loaded_at": loaded(world, rng, valid_from, may_be_late=False),
    }  # fmt: skip


def override_rows(world: World, accounts: np.ndarray, rng) -> Rows:
    """A dozen corrections; seven hold on the last complete day, two of them for one account."""
    begins = world.days - 2 + np.array([-10, -40, -5, 0, -60, -3, -89, -30, -200, -300, -150, 1])
    lasts = np.array([30, 60, 90, 14, 80, 7, 90, 30, 60, 89, 30, 30])  # with first and last day
    owner = rng.permutation(accounts)[np.maximum(np.arange(12) - 1, 0) % len(accounts)]
    starts_on = instant(world, begins)
    return {
        "key": np.arange(1, 13), "account": owner, "scorecard": np.zeros(12, int),
        "kind": np.arange(12) % 3, "value": rng.integers(30, 85, 12).astype(float),
        "reason": rng.integers(0, len(OVERRIDE_REASONS), 12),
        "author": rng.integers(0, len(CSMS), 12), "starts_on": starts_on,
        "expires_on": starts_on + (lasts - 1) * DAY,
        "loaded_at": loaded(world, rng, starts_on, may_be_late=False),
    }  # fmt: skip


def erasure_rows(world: World, account: int, persons: np.ndarray, rng) -> Rows:
    """One account and two people of others, who asked to be forgotten in the last month."""
    requested = instant(world, np.full(3, world.days - 22), rng.integers(30_000, 50_000, 3))
    return {
        "account": np.array([account, NONE, NONE]), "person": np.array([NONE, *persons]),
        "requested_at": requested, "loaded_at": loaded(world, rng, requested, may_be_late=False),
    }  # fmt: skip


# ----------------------------------------------------------------------------------------- writing


class Chunk(NamedTuple):
    """Small tables of a chunk, its usage in batches, and the numbers of the erased."""

    tables: dict[str, Rows]
    usage: Iterator[Rows]
    erased: int
    erased_persons: np.ndarray


def make_chunk(world: World, chunk: int) -> Chunk:
    """Everything about the chunk's accounts, without faults; depends on seed and chunk alone."""
    rng = np.random.default_rng([world.seed, chunk])
    firms = make_firms(world, chunk, rng)
    moods = make_moods(world, firms, rng)
    book = make_ledger(world, firms, moods, rng)
    present = presence(world, firms, book.rows)
    users, people = make_people(world, chunk, firms, rng)
    subscriptions = subscription_rows(world, firms, book.rows, rng)
    tickets = ticket_rows(world, firms, moods, present, people, rng)
    tables = {
        "accounts": account_rows(world, firms, book, rng),
        "users": users,
        "support_tickets": tickets,
        "survey_responses": survey_rows(world, firms, moods, present, people, tickets, rng),
        "subscriptions": subscriptions,
        "invoices": invoice_rows(world, firms, moods, book.rows, rng),
        "success_activities": activity_rows(world, firms, moods, present, rng),
        "engagement_events": engagement_rows(world, firms, moods, present, people, rng),
        "csm_pulses": pulse_rows(world, firms, moods, present, rng),
        "churn_events": churn_rows(world, firms, book.moves, rng),
        "account_versions": account_version_rows(world, firms, book.rows, rng),
        "subscription_versions": subscription_version_rows(world, firms, subscriptions, rng),
    }
    usage = usage_batches(world, chunk, firms, moods, book.fading, present, people)
    erased, persons = NONE, np.array([], int)
    if chunk == 0:
        tables["exchange_rates"] = rate_rows(world, rng)
        live = firms.number[present[:, -1]]
        plain = np.setdiff1d(live, tables["account_versions"]["account"])
        plain = np.setdiff1d(plain, tables["subscription_versions"]["account"])
        if len(plain) and len(live) > 3:
            erased = int(rng.choice(plain))
            others = rng.choice(np.setdiff1d(live, [erased]), 2, replace=False)
            persons = people.first[np.searchsorted(firms.number, others)]
            tables["erasure_requests"] = erasure_rows(world, erased, persons, rng)
        if len(live):
            tables["score_overrides"] = override_rows(world, np.setdiff1d(live, [erased]), rng)
    return Chunk(tables, usage, erased, persons)


def batches(world: World, chunk: int) -> Iterator[tuple[str, Rows, dict[str, int]]]:
    """(table, rows as written, planted rows per kind) of a chunk, in a fixed order."""
    made = make_chunk(world, chunk)
    small = [(table, rows, chunk) for table, rows in made.tables.items()]
    usage = (("usage_events", rows, chunk * 1000 + part) for part, rows in enumerate(made.usage))
    for table, rows, turn in chain(small, usage):
        rng = np.random.default_rng([world.seed, chunk, 3, list(TABLES).index(table), turn])
        forgotten = np.zeros(len(rows["loaded_at"]), bool)
        if table != "erasure_requests" and made.erased != NONE:
            forgotten |= rows.get("account", 0) == made.erased
        if table == "users":
            forgotten |= np.isin(rows["key"], made.erased_persons)
        used = world.accounts + chunk * CHUNK_ACCOUNTS if table == "accounts" else 0
        written, planted = with_faults(rng, table, rows, made.erased, turn, used)
        yield table, written, {**planted, "erased": int(forgotten.sum())}


def columns_of(table: str) -> str:
    """SQL of a table's columns, typed, over the arrays of a batch."""
    cells = (f"cast({sql} as {kind}) as {name}" for name, (kind, sql) in TABLES[table].items())
    return ", ".join(cells)


def copy_to(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    """Write a query's rows as compressed Parquet."""
    path = str(file).replace("'", "''")
    connection.execute(f"copy ({query}) to '{path}' (format parquet, compression zstd)")


def write_tables(world: World, folder: Path, scratch: Path, progress: Callable) -> DemoSummary:
    """Write every table into a new folder: usage straight to files, the rest by way of scratch."""
    rows, planted = Counter(dict.fromkeys(TABLES, 0)), defaultdict(Counter)
    usage = folder / "usage_events"
    usage.mkdir(parents=True)
    with duckdb.connect(str(scratch), config={"memory_limit": "1GB"}) as connection:
        for table, columns in TABLES.items():
            types = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
            connection.execute(f"create table {table} ({types})")
        for chunk in range(world.chunks):
            for table, batch, faults in batches(world, chunk):
                connection.register("batch", batch)
                query = f"select {columns_of(table)} from batch"
                if table == "usage_events":
                    part = len(list(usage.iterdir()))
                    copy_to(connection, query, usage / f"part-{part:06}.parquet")
                else:
                    connection.execute(f"insert into {table} {query}")
                connection.unregister("batch")
                rows[table] += len(batch["loaded_at"])
                planted[table].update(faults)
                progress(
                    f"demo data: accounts, part {chunk + 1} of {world.chunks}",
                    min(0.95, rows["usage_events"] / world.events),
                )
        progress("demo data: tables", 0.97)
        for table in TABLES:
            if table != "usage_events":
                copy_to(connection, f"from {table}", folder / f"{table}.parquet")
            elif not rows[table]:
                copy_to(connection, f"from {table}", usage / "part-000000.parquet")
    counts = {table: {kind: n for kind, n in planted[table].items() if n} for table in TABLES}
    return DemoSummary(dict(rows), counts)


def swap_in(fresh: Path, folder: Path, replaced: Path) -> None:
    """Put fresh tables in the place of older ones; other files of the folder stay.

    accounts leaves first and comes last: whoever finds it finds tables that belong together, and
    without it there is no input.
    """
    folder.mkdir(parents=True, exist_ok=True)
    replaced.mkdir()
    for name in (name for table in TABLES for name in (f"{table}.parquet", table)):
        if (folder / name).exists():
            (folder / name).rename(replaced / name)
    for path in sorted(fresh.iterdir(), key=lambda path: path.stem == "accounts"):
        path.rename(folder / path.name)


def write_demo(
    folder: Path,
    *,
    accounts: int = 800,
    months: int = 24,
    events: int = 2_000_000,
    seed: int = 20260131,
    last_day: date = date(2026, 1, 31),
    progress: Callable[[str, float], None] | None = None,
) -> DemoSummary:
    """Write the demo input into a folder and say what is in it.

    accounts and events are numbers of rows (events within 2 %), months is the length of the data,
    last_day its last and incomplete day. Equal arguments give equal tables. Memory does not grow
    with accounts or events. Tables that already are in the folder are replaced once the new ones
    are complete; a run that is killed leaves them alone, or leaves no accounts table.
    `progress` is called with a text and the share that is done.

    Raises ValueError for impossible sizes, FileExistsError where the folder holds a table as CSV,
    which would be read beside the new one, and OSError when the disk refuses.
    """
    folder = Path(folder)
    world = make_world(accounts, months, events, seed, last_day)
    foreign = [name for table in TABLES if (folder / (name := f"{table}.csv")).exists()]
    if foreign:
        raise FileExistsError(f"{folder} already holds {', '.join(foreign)}; choose another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    progress = progress or (lambda text, share: None)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as work:
        fresh = Path(work) / "fresh"
        summary = write_tables(world, fresh, Path(work) / "scratch.duckdb", progress)
        swap_in(fresh, folder, Path(work) / "replaced")
    progress("demo data: done", 1.0)
    return summary

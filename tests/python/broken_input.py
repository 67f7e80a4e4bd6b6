"""A small CSV input that breaks the contract in every way it can, and what must become of each row.

One account, A1, is sound in every table. Each other row differs from a sound one in one cell, under
a key of its own, so that the reason it is rejected for is the only one there can be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

from project_runs import contract_columns, write_csv

LAST_DAY = date(2026, 1, 31)  # incomplete, so the day before it is scored
NO_KEY = "?"
ERASED = "erased"

# A sound row of every table; keys of single columns are filled in.
SOUND = {
    "accounts": {
        "account_name": "Acme", "plan": "Growth", "industry": "Retail", "region": "EMEA",
        "employee_count": "250", "csm": "Ann", "signed_up_at": "2024-01-10T08:00:00",
    },
    "users": {"account_id": "A1", "role": "admin", "created_at": "2024-01-11"},
    "usage_events": {
        "account_id": "A1", "user_id": "U1", "session_id": "S1", "feature": "reports",
        "event_name": "login", "occurred_at": "2026-01-20 10:00:00", "duration_seconds": "60",
    },
    "support_tickets": {
        "account_id": "A1", "opened_at": "2026-01-05T10:00", "severity": "low",
        "first_responded_at": "2026-01-05T11:00", "resolved_at": "2026-01-06T10:00",
        "reopened_at": "", "ticket_type": "question", "contact_count": "1",
    },
    "survey_responses": {
        "account_id": "A1", "survey_type": "nps", "score": "9", "responded_at": "2026-01-10",
    },
    "subscriptions": {
        "account_id": "A1", "plan": "Growth", "mrr": "1200.50", "currency": "USD", "seats": "20",
        "started_at": "2024-01-10", "renews_at": "2026-06-30", "is_addon": "false",
        "is_trial": "false",
    },
    "invoices": {
        "account_id": "A1", "amount": "1200.50", "currency": "USD", "issued_at": "2026-01-01",
        "due_at": "2026-01-31", "paid_at": "2026-01-15",
    },
    "success_activities": {
        "account_id": "A1", "activity_type": "training_session", "occurred_at": "2025-11-01",
        "duration_seconds": "3600",
    },
    "engagement_events": {
        "account_id": "A1", "channel": "community", "action": "post", "occurred_at": "2026-01-09",
    },
    "csm_pulses": {"account_id": "A1", "csm": "Ann", "pulse": "4", "recorded_at": "2026-01-12"},
    "churn_events": {
        "account_id": "A1", "churned_at": "2023-05-01", "is_reactivation": "false",
    },
    "score_overrides": {
        "account_id": "A1", "scorecard": "health", "kind": "cap", "value": "90", "author": "Ann",
        "reason": "A migration is on.", "starts_on": "2026-01-01", "expires_on": "2026-01-20",
    },
    "account_versions": {
        "account_id": "A1", "valid_from": "2024-06-01", "employee_count": "200",
    },
    "subscription_versions": {
        "subscription_id": "subscriptions-sound", "valid_from": "2024-06-01", "mrr": "900",
        "seats": "15",
    },
    "exchange_rates": {"currency": "EUR", "valid_from": "2025-01-01", "rate": "1.10"},
    "erasure_requests": {"account_id": "E1", "user_id": "", "requested_at": "2026-01-02"},
}  # fmt: skip

# What breaks one rule of one table: changed cells -> the reason.
RULES = {
    "accounts": [({"employee_count": "-1"}, "employee_count is negative")],
    "users": [
        (
            {"created_at": "2025-01-02", "deactivated_at": "2025-01-01"},
            "deactivated_at is before created_at",
        ),
    ],
    "usage_events": [({"duration_seconds": "-0.5"}, "duration_seconds is negative")],
    "support_tickets": [
        ({"first_responded_at": "2026-01-05T09:59"}, "first_responded_at is before opened_at"),
        ({"resolved_at": "2026-01-04"}, "resolved_at is before opened_at"),
        ({"reopened_at": "2026-01-04"}, "reopened_at is before opened_at"),
        ({"severity": "urgent"}, "severity is none of low, normal, high, critical"),
        ({"severity": "Low"}, "severity is none of low, normal, high, critical"),
        (
            {"ticket_type": "rant"},
            "ticket_type is none of question, problem, incident, task, billing",
        ),
        ({"contact_count": "-1"}, "contact_count is negative"),
    ],
    "survey_responses": [
        ({"survey_type": "stars"}, "survey_type is none of nps, csat, ces"),
        ({"score": "-0.1"}, "score is outside 0 to 10"),
        ({"score": "10.1"}, "score is outside 0 to 10"),
        ({"survey_type": "csat", "score": "0.9"}, "score is outside 1 to 5"),
        ({"survey_type": "csat", "score": "6"}, "score is outside 1 to 5"),
        ({"survey_type": "ces", "score": "0"}, "score is outside 1 to 7"),
        ({"survey_type": "ces", "score": "7.5"}, "score is outside 1 to 7"),
    ],
    "subscriptions": [
        ({"ended_at": "2024-01-09"}, "ended_at is before started_at"),
        ({"mrr": "-1"}, "mrr is negative"),
        ({"seats": "-1"}, "seats is negative"),
    ],
    "success_activities": [
        ({"activity_type": "party"}, "activity_type is unknown"),
        ({"duration_seconds": "-1"}, "duration_seconds is negative"),
    ],
    "engagement_events": [
        ({"channel": "fax"}, "channel and action do not go together"),
        ({"action": "applaud"}, "channel and action do not go together"),
        ({"channel": "email"}, "channel and action do not go together"),
    ],
    "csm_pulses": [
        ({"pulse": "0.9"}, "pulse is outside 1 to 5"),
        ({"pulse": "6"}, "pulse is outside 1 to 5"),
    ],
    "score_overrides": [
        ({"scorecard": "wealth"}, "scorecard is unknown"),
        ({"kind": "raise"}, "kind is none of set, cap, floor"),
        ({"value": "-0.1"}, "value is outside 0 to 100"),
        ({"value": "100.1"}, "value is outside 0 to 100"),
        ({"expires_on": "2025-12-31"}, "expires_on is before starts_on"),
        (
            {"expires_on": "2026-04-01"},  # the 91st day
            "it would be in force for more than override_max_days",
        ),
    ],
    "account_versions": [({"employee_count": "-1"}, "employee_count is negative")],
    "subscription_versions": [
        ({"subscription_id": "ghost"}, "subscription_id is unknown"),
        ({"mrr": "-1"}, "mrr is negative"),
        ({"seats": "-1"}, "seats is negative"),
    ],
    "exchange_rates": [
        ({"rate": "0"}, "rate is not above zero"),
        ({"rate": "-1.1"}, "rate is not above zero"),
    ],
    "erasure_requests": [({"account_id": ""}, "neither account_id nor user_id is given")],
}

# Spellings that no declared format of the connector contract allows.
UNREADABLE = {
    "timestamp": ["31/01/2026", "2026-02-30", "2026-1-5", "soon", "2026-01-05T25:00", "1767607200"],
    "date": ["31/01/2026", "2026-02-30", "soon"],
    "number": ["12,5", "1.2.3", "many", "NaN", "1e30", "5 %"],
    "boolean": ["yes", "True", "1"],
}
IMPOSSIBLE = ("1989-12-31T23:59:59", "2100-01-01")

# Other spellings of sound values: cells -> column, its value as text. All of them count.
TOLERATED = [
    ({"occurred_at": "2026-01-20T23:30:00-02:00"}, "occurred_at", "2026-01-21 01:30:00"),
    ({"occurred_at": " 2026-01-20T10:00:00.25Z "}, "occurred_at", "2026-01-20 10:00:00.25"),
    ({"occurred_at": "2026-01-20"}, "occurred_at", "2026-01-20 00:00:00"),
    ({"occurred_at": "1990-01-01"}, "occurred_at", "1990-01-01 00:00:00"),
    ({"duration_seconds": "+1.5e1"}, "duration_seconds", "15.000000"),
    ({"duration_seconds": "  "}, "duration_seconds", None),
    ({"duration_seconds": "0.0000005"}, "duration_seconds", "0.000001"),
    ({"feature": '"quoted", and\nmore'}, "feature", '"quoted", and\nmore'),
    ({"feature": "NULL"}, "feature", "NULL"),
]


class World:
    """Rows by table, and what is expected of them."""

    def __init__(self) -> None:
        self.contract = contract_columns()
        self.rows: dict[str, list[dict]] = defaultdict(list)
        self.counts: dict[str, Counter] = defaultdict(Counter)
        self.rejected: Counter = Counter()  # (table, key, account, reason) -> rows

    def key_column(self, table: str) -> str | None:
        """The column that this world writes keys into; None where the key is composite."""
        key = self.contract[table]["meta"]["key"]
        return key[0] if len(key) == 1 else None

    def add(self, table: str, status: str, cells: dict, key: str | None = None) -> dict:
        """A sound row with some cells changed, and what becomes of it."""
        column = self.key_column(table)
        own = {column: key or f"{table}-{len(self.rows[table])}"} if column else {}
        row = {**SOUND[table], **own, **cells}
        self.rows[table].append(row)
        self.counts[table][status] += 1
        return row

    def reject(self, table: str, reason: str, cells: dict) -> None:
        row = self.add(table, "rejected", cells)
        kinds = self.kinds(table)
        key = [row.get(name, "").strip() for name in self.contract[table]["meta"]["key"]]
        times = [kinds[name] == "timestamp" for name in self.contract[table]["meta"]["key"]]
        told = [as_told(*part) for part in zip(key, times, strict=True)]
        account = row.get("account_id", "").strip() or None if "account_id" in kinds else None
        if reason == "erased on request":
            told, account = [ERASED], ERASED
        self.rejected[table, " ".join(told), account, reason] += 1

    def kinds(self, table: str) -> dict[str, str]:
        return self.contract[table]["kinds"]

    def write(self, folder: Path) -> None:
        """The tables as CSV files, `_loaded_at` included."""
        folder.mkdir()
        for table, table_rows in self.rows.items():
            header = [*self.kinds(table), "_loaded_at"]
            lines = [[row.get(name, "") for name in header] for row in table_rows]
            write_csv(folder / f"{table}.csv", header, lines)


def as_told(cell: str, is_time: bool) -> str:
    """A part of a key as rejected_rows tells it; what is empty or no time is unknown."""
    if not cell or (is_time and cell in UNREADABLE["timestamp"]):
        return NO_KEY
    return cell if not is_time else cell.replace("T", " ") if "T" in cell else f"{cell} 00:00:00"


def broken_world() -> World:
    """Every breach of the contract, and beside each what must not be mistaken for one."""
    world = World()
    add_sound_rows(world)
    for table in SOUND:
        add_missing(world, table)
        add_unreadable(world, table)
        add_impossible(world, table)
        for cells, reason in RULES.get(table, []):
            world.reject(table, reason, cells)
        kinds = world.kinds(table)
        if "account_id" in kinds and table not in ("accounts", "erasure_requests"):
            world.reject(table, "account_id is unknown", {"account_id": "ghost"})
    add_copies(world)
    add_erased(world)
    return world


def add_sound_rows(world: World) -> None:
    for table in SOUND:
        key = {"accounts": "A1", "users": "U1"}.get(table, f"{table}-sound")
        world.add(table, "accepted", {}, key)
    for day in range(40):  # habit enough for a score
        when = (LAST_DAY - timedelta(days=day)).isoformat()
        world.add("usage_events", "accepted", {"occurred_at": when}, f"habit-{day}")
    for number, (cells, _, _) in enumerate(TOLERATED):
        world.add("usage_events", "accepted", cells, f"tolerated-{number}")
    for score in ("0", "10", "7.5"):
        world.add("survey_responses", "accepted", {"score": score})
    # The 90th and last day that an override may be in force, and a single day.
    for last_day in ("2026-03-31", "2026-01-01"):
        cells = {"kind": "floor", "value": "1", "expires_on": last_day}
        world.add("score_overrides", "accepted", cells)
    for value in ("0", "100"):
        world.add("score_overrides", "accepted", {"value": value})
    world.add("score_overrides", "accepted", {"value": "100.1", "scorecard": "impact_points"})
    at_once = {"first_responded_at": "", "resolved_at": "2026-01-05T10:00"}
    world.add("support_tickets", "accepted", at_once)


def add_missing(world: World, table: str) -> None:
    """Each required column empty, or nothing but blanks."""
    for column in world.contract[table]["required"]:
        for blank in ("", "   "):
            world.reject(table, f"{column} is missing", {column: blank})


def add_unreadable(world: World, table: str) -> None:
    """Each column that is no text, in every spelling that is not declared."""
    for column, kind in {**world.kinds(table), "_loaded_at": "timestamp"}.items():
        for text in UNREADABLE.get(kind, []):
            reason = f"{column} is not a {kind} in the declared format"
            world.reject(table, reason, {column: text})


def add_impossible(world: World, table: str) -> None:
    """Each time of the table before 1990 and after 2099."""
    for column in world.contract[table]["meta"]["times"]:
        for text in IMPOSSIBLE:
            reason = f"{column} is impossible: before 1990 or after 2099"
            world.reject(table, reason, {column: text})


def add_copies(world: World) -> None:
    """A fact twice is a duplicate, its key with other content is kept; an entity has versions."""
    world.add("usage_events", "duplicate", {}, "usage_events-sound")
    world.add("usage_events", "accepted", {"feature": "other"}, "usage_events-sound")
    late = {"_loaded_at": "2026-01-13T02:00:00"}
    world.add("csm_pulses", "duplicate", late, "csm_pulses-sound")
    world.add("support_tickets", "superseded", {"resolved_at": ""}, "support_tickets-sound")
    world.add("accounts", "superseded", {"signed_up_at": "2024-01-09"}, "A1")
    world.add("exchange_rates", "superseded", {"rate": "1.05"})  # the same currency and day


def add_erased(world: World) -> None:
    """Account E1 and person U9 asked to be forgotten."""
    for table in ("accounts", "usage_events", "invoices"):
        world.reject(table, "erased on request", {"account_id": "E1"})
    broken_too = {"account_id": "E1", "occurred_at": "soon"}
    world.reject("usage_events", "erased on request", broken_too)
    world.add("erasure_requests", "accepted", {"account_id": "", "user_id": "U9"})
    world.reject("users", "erased on request", {"user_id": "U9"})
    world.add("usage_events", "accepted", {"user_id": "U9"}, "of-nobody")

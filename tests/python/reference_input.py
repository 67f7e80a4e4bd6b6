"""Reference of the input contract: which raw rows count, and since when they are known.

Written from the design's texts, never from the SQL, and meant to be slow and plain. A raw input is
a dict of contract tables, each a list of dict rows with Python values (str, datetime, date,
Decimal, int, bool, None); `declared` says which columns of which table are fed. Times are UTC.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

DAY = timedelta(days=1)
EARLIEST = datetime(1990, 1, 1)
TOO_LATE = datetime(2100, 1, 1)
NEVER_LOADED = datetime(1, 1, 1)
ACCEPTED, SUPERSEDED, REJECTED, DUPLICATE = "accepted", "superseded", "rejected", "duplicate"


def table(kind: str, key: str, required: str, times: str, columns: str) -> dict:
    """One contract table; `times` are its event times, the first of them is when the row begins."""
    types = dict(cell.split(":") for cell in columns.split())
    return {
        "kind": kind,
        "key": tuple(key.split()),
        "required": tuple(required.split()),
        "times": tuple(times.split()),
        "columns": types,
    }


CONTRACT = {
    "accounts": table(
        "entity", "account_id", "account_id signed_up_at", "signed_up_at",
        "account_id:text account_name:text plan:text industry:text region:text"
        " employee_count:number csm:text signed_up_at:timestamp parent_account_id:text",
    ),
    "users": table(
        "entity", "user_id", "user_id account_id", "created_at deactivated_at",
        "user_id:text account_id:text email:text role:text created_at:timestamp"
        " deactivated_at:timestamp",
    ),
    "usage_events": table(
        "fact", "event_id", "event_id account_id occurred_at", "occurred_at",
        "event_id:text account_id:text user_id:text session_id:text feature:text"
        " event_name:text occurred_at:timestamp duration_seconds:number",
    ),
    "support_tickets": table(
        "entity", "ticket_id", "ticket_id account_id opened_at",
        "opened_at first_responded_at resolved_at reopened_at",
        "ticket_id:text account_id:text user_id:text opened_at:timestamp"
        " first_responded_at:timestamp resolved_at:timestamp reopened_at:timestamp"
        " severity:text ticket_type:text contact_count:number",
    ),
    "survey_responses": table(
        "fact", "response_id", "response_id account_id survey_type score responded_at",
        "responded_at",
        "response_id:text account_id:text user_id:text survey_type:text score:number"
        " responded_at:timestamp comment:text",
    ),
    "subscriptions": table(
        "entity", "subscription_id", "subscription_id account_id started_at",
        "started_at ended_at",
        "subscription_id:text account_id:text plan:text mrr:number currency:text seats:number"
        " started_at:timestamp ended_at:timestamp renews_at:timestamp is_addon:boolean"
        " is_trial:boolean",
    ),
    "invoices": table(
        "entity", "invoice_id", "invoice_id account_id amount issued_at",
        "issued_at paid_at voided_at",
        "invoice_id:text account_id:text amount:number currency:text issued_at:timestamp"
        " due_at:timestamp paid_at:timestamp voided_at:timestamp",
    ),
    "success_activities": table(
        "fact", "activity_id", "activity_id account_id activity_type occurred_at", "occurred_at",
        "activity_id:text account_id:text activity_type:text occurred_at:timestamp"
        " duration_seconds:number",
    ),
    "engagement_events": table(
        "fact", "event_id", "event_id account_id channel action occurred_at", "occurred_at",
        "event_id:text account_id:text user_id:text channel:text action:text"
        " occurred_at:timestamp",
    ),
    "csm_pulses": table(
        "fact", "pulse_id", "pulse_id account_id pulse recorded_at", "recorded_at",
        "pulse_id:text account_id:text csm:text pulse:number note:text recorded_at:timestamp",
    ),
    "churn_events": table(
        "fact", "event_id", "event_id account_id churned_at", "churned_at",
        "event_id:text account_id:text churned_at:timestamp reason_code:text"
        " is_reactivation:boolean",
    ),
    "score_overrides": table(
        "entity", "override_id",
        "override_id account_id scorecard kind value reason author starts_on expires_on",
        "starts_on",
        "override_id:text account_id:text scorecard:text kind:text value:number reason:text"
        " author:text starts_on:timestamp expires_on:timestamp",
    ),
    "account_versions": table(
        "entity", "account_id valid_from", "account_id valid_from", "valid_from",
        "account_id:text valid_from:timestamp account_name:text plan:text industry:text"
        " region:text employee_count:number csm:text parent_account_id:text",
    ),
    "subscription_versions": table(
        "entity", "subscription_id valid_from", "subscription_id valid_from", "valid_from",
        "subscription_id:text valid_from:timestamp plan:text mrr:number currency:text"
        " seats:number renews_at:timestamp",
    ),
    "exchange_rates": table(
        "entity", "currency valid_from", "currency valid_from rate", "valid_from",
        "currency:text valid_from:timestamp rate:number",
    ),
    "erasure_requests": table(
        "fact", "account_id user_id requested_at", "requested_at", "requested_at",
        "account_id:text user_id:text requested_at:timestamp",
    ),
}  # fmt: skip

ENUMS = {
    ("survey_responses", "survey_type"): {"nps", "csat", "ces"},
    ("support_tickets", "severity"): {"low", "normal", "high", "critical"},
    ("support_tickets", "ticket_type"): {"question", "problem", "incident", "task", "billing"},
    ("success_activities", "activity_type"): {
        "onboarding_completed", "activation_completed", "training_session", "goal_set",
        "goal_achieved", "business_review", "resource_viewed",
    },
    ("score_overrides", "kind"): {"set", "cap", "floor"},
}  # fmt: skip
CHANNEL_ACTIONS = {
    "community": {"like", "comment", "share", "post", "invite"},
    "email": {"sent", "open", "click"},
    "web": {"page_view", "pricing_view", "resource_view", "query"},
    "review": {"positive", "negative"},
    "referral": {"referred"},
}
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
PULSE_SCALE = (1, 5)
NOT_NEGATIVE = ("duration_seconds", "mrr", "seats", "employee_count", "contact_count")
# (the time that may not come first, the time it may not come before)
TIME_ORDERS = {
    "users": [("deactivated_at", "created_at")],
    "support_tickets": [
        ("first_responded_at", "opened_at"),
        ("resolved_at", "opened_at"),
        ("reopened_at", "opened_at"),
    ],
    "subscriptions": [("ended_at", "started_at")],
}
ACCOUNTLESS = ("accounts", "subscription_versions", "exchange_rates", "erasure_requests")
DEFAULT_VARIABLES = {
    "as_of": "",
    "churn_source": "subscriptions",
    "history_loaded_before": "",
    "load_grace_hours": 36,
    "reporting_currency": "USD",
}


def load_config(folder: str | Path) -> dict[str, list[dict[str, str]]]:
    """Every seed of a folder, as text, by file stem."""
    seeds = {}
    for path in sorted(Path(folder).glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            seeds[path.stem] = [
                {name: (cell or "").strip() for name, cell in row.items()}
                for row in csv.DictReader(file)
            ]
    return seeds


def number(row: dict[str, str], column: str) -> Fraction | None:
    """A numeric seed cell as an exact number; None when the cell is empty."""
    text = row.get(column, "")
    return None if text in ("", None) else Fraction(Decimal(str(text)))


def setting(config: dict, name: str, default: object = None) -> Fraction:
    """The value of one row of the settings seed."""
    for row in config.get("settings", []):
        if row["setting"] == name:
            return number(row, "value")
    if default is None:
        raise KeyError(f"settings has no row {name}")
    return Fraction(default)


def round6(value: object) -> Decimal | None:
    """Half away from zero to six decimals; NULL stays NULL."""
    if value is None:
        return None
    exact = Fraction(value)
    millionths = (2 * abs(exact) * 10**6 + 1) // 2
    return Decimal(-millionths if exact < 0 else millionths).scaleb(-6)


# ------------------------------------------------------------------------------------------- casts


def as_text(value: object) -> str | None:
    text = str(value)
    return text if text.strip() else None


def as_number(value: object) -> Decimal | None:
    exact = Decimal(str(value).strip())
    if isinstance(value, bool) or not exact.is_finite():
        raise ValueError(f"not a number: {value}")
    return round6(exact)


def as_boolean(value: object) -> bool | None:
    words = {"true": True, "false": False}
    return value if isinstance(value, bool) else words[str(value)]


def as_timestamp(value: object) -> datetime | None:
    if isinstance(value, str):
        text = value.strip()
        value = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    elif not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is not None:
        value = value.astimezone(timezone.utc).replace(tzinfo=None)
    return value


CASTS = {"text": as_text, "number": as_number, "boolean": as_boolean, "timestamp": as_timestamp}


def cast_row(name: str, raw: dict, declared: Iterable[str]) -> tuple[dict, str | None]:
    """The declared contract columns as typed values (others NULL), and the column that has none."""
    columns = {**CONTRACT[name]["columns"], "_loaded_at": "timestamp"}
    row = dict.fromkeys(columns)
    broken = None
    for column, kind in columns.items():
        value = raw.get(column) if column in declared else None
        if value is None or value == "":
            continue
        try:
            row[column] = CASTS[kind](value)
        except (ValueError, KeyError, InvalidOperation, TypeError, AttributeError):
            broken = broken or column
    return row, broken


# --------------------------------------------------------------------------------------- rejections


def time_problem(name: str, row: dict) -> str | None:
    for column in CONTRACT[name]["times"]:
        value = row[column]
        if value is not None and not EARLIEST <= value < TOO_LATE:
            return f"{column} is an impossible time"
    for later, earlier in TIME_ORDERS.get(name, []):
        if row[later] is not None and row[earlier] is not None and row[later] < row[earlier]:
            return f"{later} is before {earlier}"
    return None


def value_problem(name: str, row: dict) -> str | None:
    for (of_table, column), allowed in ENUMS.items():
        if of_table == name and row[column] is not None and row[column] not in allowed:
            return f"{column} is unknown"
    for column in NOT_NEGATIVE:
        if row.get(column) is not None and row[column] < 0:
            return f"{column} is negative"
    low, high = SCALES.get(row.get("survey_type"), (None, None))
    if name == "survey_responses" and not low <= row["score"] <= high:
        return "score is outside its scale"
    if name == "engagement_events" and row["action"] not in CHANNEL_ACTIONS.get(row["channel"], ()):
        return "channel and action are unknown"
    if name == "csm_pulses" and not PULSE_SCALE[0] <= row["pulse"] <= PULSE_SCALE[1]:
        return "pulse is outside its scale"
    if name == "exchange_rates" and row["rate"] <= 0:
        return "rate is not positive"
    return None


def override_problem(row: dict, known: dict) -> str | None:
    days = (row["expires_on"].date() - row["starts_on"].date()).days + 1
    if row["scorecard"] not in known["scorecards"]:
        return "unknown scorecard"
    if known["scorecards"][row["scorecard"]] != "sum" and not 0 <= row["value"] <= 100:
        return "value is outside 0 to 100"
    if days < 1:
        return "override expires before it starts"
    return "override lasts too long" if days > known["override_max_days"] else None


def problem(name: str, row: dict, known: dict) -> str | None:
    """The reason why a cast row breaks the contract, or None. `known`: accepted keys, erasures."""
    for column in CONTRACT[name]["required"]:
        if row[column] is None:
            return f"{column} is missing"
    if name == "erasure_requests" and row["account_id"] is None and row["user_id"] is None:
        return "neither account_id nor user_id"
    if name != "erasure_requests" and row.get("account_id") in known["erased_accounts"]:
        return "erased on request"
    if name == "users" and row["user_id"] in known["erased_users"]:
        return "erased on request"
    if name not in ACCOUNTLESS and row["account_id"] not in known["accounts"]:
        return "unknown account"
    if name == "subscription_versions" and row["subscription_id"] not in known["subscriptions"]:
        return "unknown subscription"
    found = time_problem(name, row) or value_problem(name, row)
    if found is None and name == "score_overrides":
        found = override_problem(row, known)
    return found


# ----------------------------------------------------------------------------------------- known on


def first_time(name: str, row: dict, sign_ups: dict) -> datetime:
    """When the row begins; a user without created_at begins with the account."""
    first = row[CONTRACT[name]["times"][0]]
    return sign_ups[row["account_id"]] if first is None else first


def known_on(name: str, row: dict, sign_ups: dict, variables: dict) -> date:
    """The first day whose scores may use the row."""
    first = first_time(name, row, sign_ups)
    loaded = row["_loaded_at"]
    bulk = variables["history_loaded_before"]
    if loaded is None or (bulk and loaded <= as_timestamp(bulk)):
        return first.date()
    event = first
    if CONTRACT[name]["kind"] == "entity":
        times = [row[column] for column in CONTRACT[name]["times"]] + [first]
        event = max((at for at in times if at is not None and at <= loaded), default=None)
        if event is None:
            return loaded.date()
    end_of_day = datetime.combine(event.date(), time()) + DAY
    grace = timedelta(hours=float(variables["load_grace_hours"]))
    return event.date() if loaded <= end_of_day + grace else loaded.date()


def content(name: str, row: dict) -> tuple[str, ...]:
    """All that a row says, but for when it was loaded."""
    return tuple(str(row[column]) for column in CONTRACT[name]["columns"])


def rank(name: str, row: dict) -> tuple:
    """The greatest of several versions of one key is the one that counts."""
    times = [row[column] for column in CONTRACT[name]["times"] if row[column] is not None]
    latest = max(times, default=NEVER_LOADED)
    return row["_known_on"], row["_loaded_at"] or NEVER_LOADED, latest, content(name, row)


def key_of(name: str, row: dict) -> tuple:
    return tuple(row[column] for column in CONTRACT[name]["key"])


# ------------------------------------------------------------------------------------- whole tables


def checked_rows(name: str, raw_rows: list[dict], declared: Iterable[str], known: dict) -> list:
    """(cast row, reason or None) per raw row; an erased user's events lose their user_id."""
    checked = []
    for raw in raw_rows:
        row, broken = cast_row(name, raw, declared)
        reason = f"{broken} cannot be read" if broken else problem(name, row, known)
        is_event = name not in ("users", "erasure_requests")
        if is_event and row.get("user_id") in known["erased_users"]:
            row["user_id"] = None
        checked.append((row, reason))
    return checked


def settle(name: str, checked: list, sign_ups: dict, variables: dict) -> dict:
    """Kept rows of a table and (status, reason) of every raw row, in raw order."""
    statuses = [(REJECTED, reason) if reason else (ACCEPTED, None) for _, reason in checked]
    groups = defaultdict(list)
    is_entity = CONTRACT[name]["kind"] == "entity"
    for position, (row, reason) in enumerate(checked):
        if reason is None:
            row["_known_on"] = known_on(name, row, sign_ups, variables)
            groups[key_of(name, row) if is_entity else content(name, row)].append(position)
    kept = []
    for positions in groups.values():
        ordered = sorted(positions, key=lambda position: rank(name, checked[position][0]))
        chosen, others = (ordered[-1], ordered[:-1]) if is_entity else (ordered[0], ordered[1:])
        for position in others:
            statuses[position] = (SUPERSEDED if is_entity else DUPLICATE, None)
        kept += [checked[p][0] for p in (ordered if is_entity else [chosen])]
    return {"rows": kept, "statuses": statuses}


def prepare(tables: dict, declared: dict, config: dict, variables: dict | None = None) -> dict:
    """Check a whole raw input against the contract.

    Returns rows (every version that was not rejected and no duplicate, with `_known_on`),
    statuses ((status, reason) per raw row) and counts per table, over all days together.
    """
    variables = {**DEFAULT_VARIABLES, **(variables or {})}
    known = {
        "erased_accounts": set(),
        "erased_users": set(),
        "accounts": set(),
        "subscriptions": set(),
        "override_max_days": setting(config, "override_max_days", 90),
        "scorecards": {row["scorecard"]: row.get("method") for row in config["scorecards"]},
    }
    first = ["erasure_requests", "accounts", "subscriptions"]
    settled, sign_ups = {}, {}
    for name in first + [other for other in CONTRACT if other not in first]:
        fed = declared.get(name)
        raw_rows = tables.get(name, []) if fed else []
        settled[name] = settle(
            name, checked_rows(name, raw_rows, fed or (), known), sign_ups, variables
        )
        rows = settled[name]["rows"]
        if name == "erasure_requests":
            known["erased_accounts"] = {row["account_id"] for row in rows} - {None}
            known["erased_users"] = {row["user_id"] for row in rows} - {None}
        elif name in ("accounts", "subscriptions"):
            known[name] = {row[CONTRACT[name]["key"][0]] for row in rows}
        if name == "accounts":
            for row in sorted(rows, key=lambda row: rank("accounts", row)):
                sign_ups[row["account_id"]] = row["signed_up_at"]
    return {
        "rows": {name: settled[name]["rows"] for name in CONTRACT},
        "statuses": {name: settled[name]["statuses"] for name in CONTRACT},
        "counts": {name: count_statuses(settled[name]["statuses"]) for name in CONTRACT},
        "declared": {name: set(columns) for name, columns in declared.items() if columns},
        "sign_ups": sign_ups,
        "variables": variables,
    }


def count_statuses(statuses: list) -> dict[str, int]:
    counts = {"raw": len(statuses)}
    for status in (ACCEPTED, SUPERSEDED, REJECTED, DUPLICATE):
        counts[status] = sum(1 for found, _ in statuses if found == status)
    return counts


def rows_as_of(prepared: dict, name: str, day: date) -> list[dict]:
    """The rows that a score date uses: of each entity the version then in force; event day <= D."""
    visible = [row for row in prepared["rows"][name] if row["_known_on"] <= day]
    if CONTRACT[name]["kind"] == "entity":
        versions = defaultdict(list)
        for row in visible:
            versions[key_of(name, row)].append(row)
        visible = [max(rows, key=lambda row: rank(name, row)) for rows in versions.values()]
    return [row for row in visible if first_time(name, row, prepared["sign_ups"]).date() <= day]


def event_days(name: str, row: dict) -> list[date]:
    return [row[column].date() for column in CONTRACT[name]["times"] if row[column] is not None]


def complete_up_to(prepared: dict, name: str, day: date) -> date | None:
    """The latest event day up to D that any row of a table known by D tells of.

    Later versions of a row do not undo it: that something was heard of that day stays true.
    """
    known = [row for row in prepared["rows"][name] if row["_known_on"] <= day]
    days = [at for row in known for at in event_days(name, row) if at <= day]
    return max(days, default=None)


def default_score_date(prepared: dict) -> date | None:
    """The day before the last UTC day with usage, else with any event, else with a sign-up."""
    days_of = {
        name: [at for row in rows for at in event_days(name, row)]
        for name, rows in prepared["rows"].items()
    }
    other = [day for name, days in days_of.items() if name != "accounts" for day in days]
    days = days_of["usage_events"] or other or days_of["accounts"]
    return max(days) - DAY if days else None

"""Small random raw inputs ("worlds") for property tests, and a writer of the input layout.

Hypothesis draws the shape (date, accounts, how full each table is, what is absent or broken); every
row then follows from the seed, its account and its number alone, so that a shape that shrinks keeps
the other rows. A world is a dict:

    tables       contract table -> raw rows (dicts of Python values), absent tables left out
    columns      contract table -> fed column -> raw kind, as the dbt var `inputs` wants it
    variables    dbt vars: as_of, history_loaded_before, load_grace_hours, reporting_currency, ...
    score_dates  the dates to score; as_of is the last of them
    extra        whether files carry a column that the contract does not know
    split        tables that are written as a folder of several Parquet files

Left out on purpose, because the texts do not settle them: versions of one key that tie in load time
and latest time but differ, rows loaded before they begin, empty text.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from reference_input import CONTRACT, DAY, NEVER_LOADED
from world_rows import ACCOUNT_KINDS, ROWS_PER_ACCOUNT, story_tables

SCORE_DATES = (
    date(2025, 6, 30), date(2024, 2, 29), date(2025, 2, 28), date(2024, 3, 1), date(2024, 12, 31),
)  # fmt: skip
BULK_AGE, BULK_TIME = 60 * DAY, time(3)
FULLNESS = ("sparse", "full", "full", "full", "full", "sparse", "full", "full", "empty", "absent")
NEVER_ABSENT = ("accounts",)
SILENCES = (14, 15, 21, 22, 30, 31, 60)
TIME_ENDS = ("_at", "_on", "_from")


# -------------------------------------------------------------- load times, versions, broken rows


def first_of(name: str, row: dict) -> datetime | None:
    return row[CONTRACT[name]["times"][0]]


def bulk_load(day: date) -> datetime:
    return datetime.combine(day - BULK_AGE, BULK_TIME)


def loaded_at(rng: Random, name: str, row: dict, shape: dict) -> datetime | None:
    """When a clean row was loaded: never before it begins, mostly after the last event in it."""
    moments = [row[column] for column in CONTRACT[name]["times"] if row[column] is not None]
    if shape["loads"] == "none" or not moments or rng.random() < 0.2:
        return None
    last = max(moments) if rng.random() < 0.8 else moments[0]
    end_of_day = datetime.combine(last.date(), time()) + DAY
    bulk = bulk_load(shape["day"])
    if shape["loads"] == "bulk" and last < bulk - DAY and rng.random() < 0.7:
        return bulk + timedelta(hours=rng.choice((-1, 0, 0)))
    lags = (
        last + timedelta(hours=1), end_of_day + timedelta(hours=5), end_of_day + 5 * DAY,
        end_of_day + timedelta(hours=36), end_of_day + timedelta(hours=36, seconds=1),
        end_of_day + 40 * DAY,
    )  # fmt: skip
    return max(rng.choice(lags), first_of(name, row) or last)


CHANGED = {
    "accounts": {"plan": "pro", "employee_count": 60},
    "users": {"role": "owner", "deactivated_at": None},
    "support_tickets": {"resolved_at": None, "reopened_at": None, "severity": "high"},
    "subscriptions": {"ended_at": None, "mrr": Decimal("75"), "seats": 7},
    "invoices": {"paid_at": None, "voided_at": None, "amount": Decimal("10")},
    "score_overrides": {"value": Decimal("33"), "reason": "first guess"},
    "exchange_rates": {"rate": Decimal("2")},
}


def earlier_version(rng: Random, name: str, row: dict) -> dict:
    """The row as it stood before: its later times not there yet, loaded before."""
    version = row | CHANGED.get(name, {})
    if first_of(name, row) is None:
        return version
    if row.get("_loaded_at"):
        age = rng.choice((DAY, 30 * DAY, timedelta(hours=-3), timedelta(hours=-3)))
        loaded = row["_loaded_at"] - age
        version["_loaded_at"] = max(first_of(name, row), loaded)
    elif name == "accounts":
        version["signed_up_at"] -= 5 * DAY
    return rng.choice((version, version, dict(row)))


def copied_fact(rng: Random, name: str, row: dict) -> dict:
    """A duplicate of a fact, one loaded later, or the same key with different content."""
    copy = dict(row)
    fate = rng.randrange(3)
    if fate == 1 and row.get("_loaded_at"):
        copy["_loaded_at"] += rng.choice((timedelta(hours=1), 3 * DAY))
    elif fate == 2:
        copy[CONTRACT[name]["times"][0]] += timedelta(hours=1)
    return copy


BROKEN_VALUES = {
    "accounts": [("employee_count", -1)],
    "users": [("deactivated_at", datetime(1991, 1, 1)), ("created_at", datetime(2150, 1, 1))],
    "usage_events": [("duration_seconds", -1)],
    "support_tickets": [
        ("severity", "urgent"), ("ticket_type", "rant"), ("contact_count", -1),
        ("first_responded_at", datetime(1991, 1, 1)), ("resolved_at", datetime(1991, 1, 1)),
        ("reopened_at", datetime(1991, 1, 1)), ("resolved_at", datetime(1989, 12, 31, 23, 59, 59)),
    ],
    "survey_responses": [("score", 11), ("score", -1), ("score", None), ("survey_type", "pmf")],
    "subscriptions": [
        ("mrr", -1), ("seats", -1), ("ended_at", datetime(1991, 1, 1)),
        ("ended_at", datetime(2100, 1, 1)),
    ],
    "invoices": [("amount", None), ("paid_at", datetime(1970, 1, 1))],
    "success_activities": [("activity_type", "party"), ("duration_seconds", -5)],
    "engagement_events": [("channel", "fax"), ("action", "applaud"), ("action", None)],
    "csm_pulses": [("pulse", 0), ("pulse", 6), ("pulse", None)],
    "churn_events": [("churned_at", datetime(2100, 1, 1))],
    "score_overrides": [
        ("kind", "raise"), ("reason", None), ("author", None), ("scorecard", None),
        ("scorecard", "ghost"),
        ("value", None), ("value", 101), ("value", -1), ("expires_on", None), ("starts_on", None),
        ("expires_on", datetime(1999, 1, 1)), ("expires_on", datetime(2090, 1, 1)),
    ],
    "account_versions": [("employee_count", -1)],
    "subscription_versions": [("subscription_id", "ghost"), ("mrr", -1), ("seats", -1)],
    "exchange_rates": [("rate", 0), ("rate", -1), ("rate", None), ("currency", None)],
    "erasure_requests": [("requested_at", None)],
}  # fmt: skip


def broken_row(rng: Random, name: str, row: dict, columns: dict[str, str]) -> dict:
    """A copy under another key, with one value that breaks the contract."""
    key, first = CONTRACT[name]["key"][0], CONTRACT[name]["times"][0]
    copy = row | ({key: f"{row[key]}-bad"} if len(CONTRACT[name]["key"]) == 1 else {})
    choices = [
        *BROKEN_VALUES[name],
        (first, datetime(1989, 12, 31, 23, 59, 59)),
        (first, datetime(2100, 1, 1)),
    ]
    if name == "erasure_requests":
        return row | {"account_id": None, "user_id": None}
    choices.append((key, None))
    if "account_id" in row and name != "accounts":
        choices += [("account_id", None), ("account_id", "ghost")]
    choices += [
        (column, "not so")
        for column, kind in CONTRACT[name]["columns"].items()
        if kind != "text" and columns.get(column) == "text"
    ]
    column, value = rng.choice(choices)
    return copy | {column: value}


def latest_time(row: dict, columns: list[str]) -> datetime:
    return max((row[c] for c in columns if row.get(c) is not None), default=NEVER_LOADED)


def is_tie(name: str, row: dict, other: dict) -> bool:
    """Whether two versions of one key that differ are ordered by nothing but their content.

    The order has to be the same whether due and renewal times count among the latest times or not.
    """
    if row == other or row["_loaded_at"] != other["_loaded_at"]:
        return False
    contract = CONTRACT[name]
    every_time = [column for column, kind in contract["columns"].items() if kind == "timestamp"]
    later, later_of_all = (
        (latest_time(row, columns), latest_time(other, columns))
        for columns in (list(contract["times"]), every_time)
    )
    return not (
        (later[0] < later[1] and later_of_all[0] < later_of_all[1])
        or (later[0] > later[1] and later_of_all[0] > later_of_all[1])
    )


def without_ties(name: str, rows: list[dict], columns: dict[str, str]) -> list[dict]:
    """Leave out versions of an entity that only their content could put in order."""
    contract = CONTRACT[name]
    if contract["kind"] == "fact":
        return rows
    kept, of_key = [], defaultdict(list)
    for row in rows:
        fed = {column: row.get(column) for column in [*columns, *contract["key"]]}
        fed["_loaded_at"] = row["_loaded_at"] if "_loaded_at" in columns else None
        times = [fed.get(column) for column in contract["columns"] if column.endswith(TIME_ENDS)]
        is_unreadable = any(isinstance(moment, str) for moment in times)
        siblings = of_key[tuple(fed[column] for column in contract["key"])]
        if is_unreadable or not any(is_tie(name, fed, other) for other in siblings):
            kept.append(row)
            siblings += [] if is_unreadable else [fed]
    return kept


def spoiled(shape: dict, name: str, rows: list[dict], columns: dict[str, str]) -> list[dict]:
    """The rows with load times, and with copies, versions and broken rows among them."""
    rng = Random(f"{shape['seed']}/{name}/load")
    rows = [row | {"_loaded_at": loaded_at(rng, name, row, shape)} for row in rows]
    if name == "accounts" and rows:
        rows[0]["_loaded_at"] = None
    rng = Random(f"{shape['seed']}/{name}/spoil")
    extra = []
    for row in rows[1:] if name == "accounts" else rows:
        if rng.random() < shape["copies"]:
            is_fact = CONTRACT[name]["kind"] == "fact"
            extra.append((copied_fact if is_fact else earlier_version)(rng, name, row))
        if rng.random() < shape["breaks"]:
            extra.append(broken_row(rng, name, row, columns))
    rows = without_ties(name, rows + extra, columns)
    rng.shuffle(rows)
    return rows


# ------------------------------------------------------------------------------------------- world


def raw_kinds(shape: dict, name: str) -> dict[str, str]:
    """Raw kind of each fed column of a table; optional columns may be left out, any may be text."""
    rng, contract = Random(f"{shape['seed']}/{name}/kinds"), CONTRACT[name]
    kinds = {}
    for column, kind in contract["columns"].items():
        is_needed = column in contract["required"] or name == "erasure_requests"
        if not is_needed and rng.random() < shape["thin"]:
            continue
        raw = rng.choice(("timestamp", "timestamptz")) if kind == "timestamp" else kind
        if column in ("starts_on", "expires_on"):
            raw = rng.choice(("date", "timestamp"))
        kinds[column] = "text" if shape["as_text"] else raw
    if shape["loads"] != "none":
        kinds["_loaded_at"] = "text" if shape["as_text"] else "timestamp"
    return kinds


def build_world(shape: dict) -> dict:
    """The world of a drawn shape; the same shape gives the same world."""
    world = {
        "tables": {},
        "columns": {},
        "variables": {
            "as_of": shape["day"].isoformat(),
            "history_loaded_before": bulk_load(shape["day"]).isoformat(sep=" ")
            if shape["loads"] == "bulk"
            else "",
            "load_grace_hours": 36,
            "reporting_currency": Random(f"{shape['seed']}/money").choice(("USD", "USD", "EUR")),
            "churn_source": shape["churn_source"],
        },
        "score_dates": [shape["day"]],
        "extra": shape["extra"],
        "split": shape["split"],
    }
    for name, rows in story_tables(shape).items():
        fullness = shape["fullness"].get(name, "full")
        if fullness == "absent":
            continue
        world["columns"][name] = raw_kinds(shape, name)
        clean = [] if fullness == "empty" else rows
        spoiled_rows = spoiled(shape, name, clean, world["columns"][name])
        columns = [*CONTRACT[name]["columns"], "_loaded_at"]
        world["tables"][name] = [{c: row.get(c) for c in columns} for row in spoiled_rows]
    return world


@st.composite
def shapes(draw: Callable, most_accounts: int = 25) -> dict:
    """What Hypothesis decides about a world; simplest first, so that failures shrink."""
    fullness = {
        name: draw(st.sampled_from(FULLNESS)) for name in CONTRACT if name not in NEVER_ABSENT
    }
    kinds = draw(
        st.lists(st.sampled_from(ACCOUNT_KINDS), min_size=2, max_size=most_accounts - 1)
        | st.lists(
            st.sampled_from(ACCOUNT_KINDS), min_size=min(13, most_accounts) - 1,
            max_size=most_accounts - 1,
        )
    )  # fmt: skip
    return {
        "seed": draw(st.integers(0, 2**32 - 1)),
        "day": draw(st.sampled_from(SCORE_DATES)),
        "kinds": ["steady", *kinds],
        "fullness": fullness,
        "silent": draw(
            st.dictionaries(
                st.sampled_from(sorted(ROWS_PER_ACCOUNT)), st.sampled_from(SILENCES), max_size=3
            )
        ),
        "loads": draw(st.sampled_from(("none", "some", "bulk"))),
        "copies": draw(st.sampled_from((0.0, 0.1, 0.3))),
        "breaks": draw(st.sampled_from((0.0, 0.1, 0.3))),
        "thin": draw(st.sampled_from((0.0, 0.1, 0.4))),
        "erasures": draw(st.sampled_from((0, 1, 2))),
        "alike": draw(st.booleans()),
        "as_text": draw(st.booleans()),
        "extra": draw(st.booleans()),
        "split": sorted(draw(st.sets(st.sampled_from(sorted(CONTRACT)), max_size=3))),
        "churn_source": draw(st.sampled_from(("subscriptions",) * 4 + ("events",))),
    }


def worlds(most_accounts: int = 25) -> st.SearchStrategy:
    """Worlds of 3 to `most_accounts` accounts; the first account is steady and never spoiled."""
    return shapes(most_accounts).map(build_world)


# ------------------------------------------------------------------------------------------ writing


def declared_columns(world: dict) -> dict[str, set[str]]:
    """Contract table -> fed columns, as the reference wants it."""
    return {name: set(columns) for name, columns in world["columns"].items()}


def declared_inputs(world: dict, format: str = "parquet") -> dict:
    """The dbt var `inputs` of a world; every column of a CSV file is text."""
    return {
        "contract": {
            name: {column: "text" if format == "csv" else kind for column, kind in columns.items()}
            for name, columns in world["columns"].items()
        }
    }


def as_iso(value: object, kind: str) -> str | None:
    """A value as text: ISO 8601 (with a zone on odd seconds), true or false, numbers."""
    if isinstance(value, datetime):
        if kind == "date":
            return value.date().isoformat()
        if kind == "timestamptz" or (kind == "text" and value.second % 2):
            is_utc = value.hour % 2
            return f"{value}Z" if is_utc else f"{value + timedelta(hours=2)}+02:00"
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def file_rows(world: dict, name: str) -> tuple[dict[str, str], list[list]]:
    """(column -> raw kind, rows of text cells) of a table's file."""
    kinds = dict(world["columns"][name])
    if world["extra"]:
        kinds["legacy_code"] = "text"
    rows = [
        [as_iso(row.get(column), kind) for column, kind in kinds.items()]
        for row in world["tables"][name]
    ]
    return kinds, rows


def sql_type(kind: str, cells: list) -> str:
    if kind == "number":
        return "decimal(18, 6)" if any("." in cell for cell in cells if cell) else "bigint"
    return {"text": "varchar", "timestamptz": "timestamptz"}.get(kind, kind)


def write_parquet(
    connection: object, kinds: dict[str, str], rows: list[list], path: Path, parts: int
) -> None:
    """One file at path, or a folder without the suffix that holds several parts."""
    types = [
        sql_type(kind, [row[position] for row in rows])
        for position, kind in enumerate(kinds.values())
    ]
    columns = ", ".join(
        f"cast({name} as {kind}) as {name}" for name, kind in zip(kinds, types, strict=True)
    )
    paths = [path]
    if parts > 1:
        folder = path.with_suffix("")
        folder.mkdir()
        paths = [folder / f"part{part}.parquet" for part in range(parts)]
    for part, target in enumerate(paths):
        values = [f"({', '.join(map(as_literal, row))})" for row in rows[part::parts]]
        nothing = [f"({', '.join(['null'] * len(kinds))})"]
        connection.execute(
            f"copy (select {columns}"
            f" from (values {', '.join(values or nothing)}) as cells ({', '.join(kinds)})"
            f" where {bool(values)}) to '{target}' (format parquet)"
        )


def as_literal(cell: str | None) -> str:
    return "null" if cell is None else "'" + cell.replace("'", "''") + "'"


def write_world(world: dict, folder: str | Path, format: str = "parquet") -> Path:
    """Write the input layout, a file or folder per table that is not absent; returns the folder."""
    import duckdb

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name in world["tables"]:
            kinds, rows = file_rows(world, name)
            if format == "csv":
                with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows([list(kinds), *rows])
            else:
                parts = 2 if name in world["split"] else 1
                write_parquet(connection, kinds, rows, folder / f"{name}.parquet", parts)
    return folder


# -------------------------------------------------------------------------------------- other rules


def has_least_points(rule: dict) -> bool:
    return rule["rule"] != "per_unit" or rule["min_points"] != ""


def retuned(config: dict, seed: int) -> dict:
    """The config with other rules, weights, expiry, profiles, bands, needs and caps.

    Still a config without faults, so that a project with these seeds builds.
    """
    rng = Random(f"{seed}/config")
    sums = {row["scorecard"] for row in config["scorecards"] if row["method"] == "sum"}
    return config | {
        "signal_rules": [retuned_rule(rng, row, sums) for row in config["signal_rules"]],
        "signals": [retuned_signal(rng, row) for row in config["signals"]],
        "signal_inputs": [retuned_input(rng, row) for row in config["signal_inputs"]],
        "dimension_weights": shuffled_weights(rng, config["dimension_weights"]),
        "profiles": [retuned_profile(rng, row) for row in config["profiles"]],
        "health_bands": [retuned_band(rng, row) for row in config["health_bands"]],
        "scorecards": [retuned_scorecard(rng, row) for row in config["scorecards"]],
        "score_caps": config["score_caps"] + made_up_caps(rng, config),
    }


def retuned_rule(rng: Random, rule: dict, sums: set[str]) -> dict:
    """Another missing policy; for linear another best value, for sums weights and clamps."""
    changed = dict(rule)
    if rule["rule"] == "linear" and rule["best"] and rng.random() < 0.5:
        worst, best = Decimal(rule["worst"]), Decimal(rule["best"])
        changed["best"] = str(worst + (best - worst) * rng.choice((Decimal("0.7"), 3)))
    if rule["scorecard"] in sums and rule["rule"] == "per_unit" and rng.random() < 0.5:
        per_unit = Decimal(rule["points_per_unit"]) * rng.choice((1, Decimal("0.333333")))
        changed |= {"weight": rng.choice(("1", "2", "-1", "0.5")), "points_per_unit": str(per_unit)}
        changed |= {"min_points": "-20", "max_points": "30"} if rng.random() < 0.7 else {}
    policies = ("exclude", "neutral", "prior", "zero")[: 3 + has_least_points(changed)]
    return changed | {"missing_policy": rng.choice(policies)}


def retuned_signal(rng: Random, row: dict) -> dict:
    expires = rng.choice(("", "0", "1", "14", row["expire_after_days"]))
    warns = min(int(expires or 999), int(row["warn_after_days"] or 999))
    return row | {"expire_after_days": expires, "warn_after_days": str(warns)}


def retuned_input(rng: Random, row: dict) -> dict:
    """Perhaps one more table whose silence ages the signal."""
    return row | {"sets_freshness": rng.choice(("1", row["sets_freshness"]))}


def shuffled_weights(rng: Random, rows: list[dict]) -> list[dict]:
    """The weights of the dimensions dealt out anew within each scorecard and profile."""
    groups = defaultdict(list)
    for row in rows:
        groups[row["scorecard"], row["profile"]].append(row["weight"])
    for weights in groups.values():
        rng.shuffle(weights)
    return [row | {"weight": groups[row["scorecard"], row["profile"]].pop()} for row in rows]


def retuned_profile(rng: Random, row: dict) -> dict:
    """One more condition for the profile `small`."""
    conditions = ({}, {"seats_below": "10"}, {"plan": "pro"}, {"lifecycle_stage": "established"})
    return row | rng.choice(conditions) if row["profile"] == "small" else row


def retuned_band(rng: Random, row: dict) -> dict:
    return row | {"includes_lower": rng.choice(("0", "1"))} if row["lower_bound"] else row


def retuned_scorecard(rng: Random, row: dict) -> dict:
    if row["method"] == "sum":
        return row
    return row | {
        "min_coverage": rng.choice(("0", "0.3", "0.5", "0.8")),
        "min_dimensions": rng.choice(("0", "1", row["min_dimensions"])),
    }


def made_up_caps(rng: Random, config: dict) -> list[dict]:
    return [
        {
            "scorecard": rng.choice(("health", "impact_points", "adoption", "loyalty")),
            "cap_name": f"cap_{row['signal']}",
            "signal": row["signal"],
            "comparison": rng.choice((">=", ">", "<=", "<", "=")),
            "threshold": rng.choice(("0", "1", "3.5")),
            "cap": rng.choice(("0", "20", "39.5", "60")),
            "reason": "a made-up cap",
            "reviewed_on": row["reviewed_on"],
        }
        for row in config["signals"]
        if rng.random() < 0.1
    ]


def write_config(config: dict, folder: str | Path) -> None:
    """Write seeds as CSV files, over those that stand there."""
    for name, rows in config.items():
        if rows:
            with (Path(folder) / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)

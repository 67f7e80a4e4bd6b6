"""Published files made by hand: marts with the contract of health_alerts and account_health."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

DAY = date(2026, 1, 30)
ALERT_COLUMNS = {
    "alert_id": "varchar", "account_id": "varchar", "account_name": "varchar", "csm": "varchar",
    "rule": "varchar", "title": "varchar", "status": "varchar", "is_baseline": "integer",
    "is_held": "integer", "held_because": "varchar", "opened_on": "date", "closed_on": "date",
    "closed_because": "varchar", "severity": "varchar", "mrr": "numeric(28, 6)",
    "days_to_renewal": "integer", "effective_score": "numeric(28, 6)", "band": "varchar",
    "reason_1": "varchar", "reason_2": "varchar", "reason_3": "varchar",
    "action_plan": "varchar", "score_date": "date", "config_version": "varchar",
}  # fmt: skip
ALERT = {
    "csm": "Ana", "rule": "band drop", "title": "The band fell", "status": "open",
    "is_baseline": 0, "is_held": 0, "opened_on": DAY, "severity": "high",
    "mrr": Decimal(1200), "days_to_renewal": 40, "effective_score": Decimal("38.26"),
    "band": "red", "reason_1": "Logins fell", "action_plan": "Call them", "score_date": DAY,
    "config_version": "c0ffee",
}  # fmt: skip


def alert(name, **changes):
    """An open alert of an account; `name` is its alert_id and part of the others."""
    row = dict.fromkeys(ALERT_COLUMNS)
    row |= {**ALERT, "alert_id": name, "account_id": f"id-{name}", "account_name": f"Acme {name}"}
    return {**row, **changes}


def whole_book(name="book", **changes):
    """A portfolio alert."""
    return alert(
        name,
        **{
            "account_id": None, "account_name": None, "csm": None, "rule": "whole book",
            "title": "Most of the book moved", "mrr": None, "days_to_renewal": None,
            "effective_score": None, "band": None, **changes,
        },
    )  # fmt: skip


def closed(row, because="recovered"):
    return {**row, "status": "closed", "closed_on": DAY, "closed_because": because}


def publish_alerts(serve: Path, *rows) -> None:
    publish(serve, {"health_alerts": (ALERT_COLUMNS, rows)})


ACCOUNT_COLUMNS = {
    "account_id": "varchar", "account_name": "varchar", "csm": "varchar",
    "scorecard": "varchar", "score": "numeric(28, 6)", "effective_score": "numeric(28, 6)",
    "band": "varchar", "action_plan": "varchar", "mrr": "numeric(28, 6)", "score_date": "date",
}  # fmt: skip
DRIVER_COLUMNS = {
    "account_id": "varchar", "scorecard": "varchar", "signal": "varchar", "title": "varchar",
    "points_lost": "numeric(28, 6)",
}  # fmt: skip


def account(name, score="50", **changes):
    score = None if score is None else Decimal(score)
    row = {
        "account_id": name, "account_name": f"Acme {name}", "csm": "Ana", "scorecard": "health",
        "score": score, "effective_score": score, "band": "yellow", "action_plan": "Call them",
        "mrr": Decimal(1200), "score_date": DAY,
    }  # fmt: skip
    return {**row, **changes}


def driver(name, signal, lost, scorecard="health"):
    return {
        "account_id": name, "scorecard": scorecard, "signal": signal,
        "title": signal.capitalize(), "points_lost": Decimal(lost),
    }  # fmt: skip


def publish_accounts(serve: Path, accounts, drivers=()) -> None:
    publish(
        serve,
        {
            "account_health": (ACCOUNT_COLUMNS, accounts),
            "account_health_drivers": (DRIVER_COLUMNS, drivers),
        },
    )


def publish(serve: Path, marts) -> None:
    """Write serve/health.duckdb with these marts {name: (columns, rows)}, and nothing else."""
    serve.mkdir(parents=True, exist_ok=True)
    (serve / "health.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(serve / "health.duckdb")) as connection:
        connection.execute("create schema marts")
        for name, (columns, rows) in marts.items():
            typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            connection.execute(f"create table marts.{name} ({typed})")
            marks = ", ".join("?" for _ in columns)
            for row in rows:
                values = [row[column] for column in columns]
                connection.execute(f"insert into marts.{name} values ({marks})", values)

"""Histories made by hand for alerts, the models run on them, and what must come out.

The reference walks each account and rule day by day and keeps in mind what is open; the models
know the answer without a memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import duckdb

import real_project

FIRST = date(2026, 1, 5)
LEAVES = {
    "history_scores", "history_signals", "history_dimensions", "history_rules",
    "history_config_cells", "history_pairs", "history_changes", "int_published_dates",
    "int_former_alerts", "int_former_alert_dates", "int_last_complete_day", "int_band_edges",
    "stg_score_overrides", "stg_accounts",
}  # fmt: skip
RULES = {row["rule"]: row for row in real_project.seed_rows("alert_rules")}


@dataclass
class Snapshot:
    """What an account was like on one day; None is unknown."""

    score: float | None = 80
    coverage: float = 0.9
    cap: str | None = None
    override: str | None = None
    mrr: float | None = 100
    signals: dict[str, float | None] = field(default_factory=dict)  # None is stale


@dataclass
class World:
    """Snapshots by (account, day); days on which nobody is live stand in `days`."""

    snapshots: dict[tuple[str, date], Snapshot]
    days: list[date]
    overrides: dict[str, tuple[str, date]] = field(default_factory=dict)  # id -> account, last day
    changes: list[dict] = field(default_factory=list)
    versions: dict[date, str] = field(default_factory=dict)
    former: list[dict] = field(default_factory=list)
    judged: list[dict] = field(default_factory=list)
    last_complete: date | None = None


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def pairs(days: list[date]) -> dict[tuple[str, date], date]:
    """(comparison, day) -> the last day that is far enough back."""
    found = {}
    for span, least in (("previous", 1), ("7 days", 7), ("28 days", 28)):
        for latter in days:
            earlier = [d for d in days if d <= latter - timedelta(days=least)]
            if earlier:
                found[span, latter] = max(earlier)
    return found


class Models(real_project.CutModels):
    """The models of alerts on worlds."""

    def __init__(self, project: object, manifest: object) -> None:
        super().__init__(project, manifest, ("int_alerts",), LEAVES)

    def run(self, world: World, rules: list[dict] | None = None) -> duckdb.DuckDBPyConnection:
        return self.build(tables_of(world), {} if rules is None else {"alert_rules": rules})


def tables_of(world: World) -> dict[str, list[dict]]:
    version = {d: world.versions.get(d, "v1") for d in world.days}
    names = sorted({account for account, _ in world.snapshots})
    bands = (("red", None), ("yellow", "40"), ("green", "70"))
    scores, signals = [], []
    for (account, d), shot in world.snapshots.items():
        dated = {"account_id": account, "score_date": d, "config_version": version[d]}
        scores.append({
            **dated, "scorecard": "health", "is_primary": 1, "profile": "mid", "mrr": shot.mrr,
            "score": shot.score, "capped_score": shot.score, "effective_score": shot.score,
            "coverage": shot.coverage, "band": band_of(shot.score), "cap_name": shot.cap,
            "override_id": shot.override,
        })  # fmt: skip
        for signal, value in shot.signals.items():
            state = "stale" if value is None else "measured"
            signals.append({**dated, "signal": signal, "value": value, "state": state})
    return {
        "history_scores": scores,
        "history_signals": signals,
        "history_config_cells": [
            {
                "config_version": v, "seed": "health_bands", "row_index": n,
                "column_name": column, "cell": cell,
            }
            for v in sorted(set(version.values()))
            for n, (band, edge) in enumerate(bands)
            for column, cell in (
                ("scorecard", "health"), ("band", band), ("lower_bound", edge),
                ("includes_lower", "1"),
            )
        ],
        "history_pairs": [
            {
                "compared_with": span, "score_date": d, "config_version": version[d],
                "from_date": before, "from_config_version": version[before], "is_split": 1,
            }
            for (span, d), before in pairs(world.days).items()
        ],
        "history_changes": [{"scorecard": "health", **row} for row in world.changes],
        "int_published_dates": [
            {"score_date": d, "config_version": version[d], "scoring_version": "1"}
            for d in world.days
        ],
        "int_former_alerts": world.former,
        "int_former_alert_dates": world.judged,
        "int_last_complete_day": [{"score_date": world.last_complete or max(world.days)}],
        "int_band_edges": [
            {"scorecard": "health", "band": band, "action_plan": f"Act on {band}."}
            for band, _ in bands
        ],
        "stg_score_overrides": [
            {"override_id": key, "account_id": a, "expires_on": last, "known_on": FIRST}
            for key, (a, last) in world.overrides.items()
        ],
        "stg_accounts": [{"account_id": a, "account_name": a.title()} for a in names],
    }  # fmt: skip


def band_of(score: float | None) -> str:
    if score is None:
        return "insufficient_data"
    return "red" if score < 40 else "yellow" if score < 70 else "green"


# ----------------------------------------------------------------------------------- the reference


def judged(world: World, rule: dict, account: str, d: date) -> str:
    """'holds', 'recovered' or 'neither'."""
    shot = world.snapshots[account, d]
    before = pairs_of(world).get((rule["compared_with"], d)) if rule["look_back_days"] else None
    too_old = before and (d - before).days > int(rule["look_back_days"]) + 7
    former = None if not before or too_old else world.snapshots.get((account, before))
    edge = {"red": 40, "yellow": 70}.get(rule["band"])
    kind, measure = rule["kind"], None
    if kind == "band":
        above = [
            s.score is not None and s.score >= edge
            for (a, other), s in world.snapshots.items() if a == account and other <= d
        ]  # fmt: skip
        measure = edge - shot.score if shot.score is not None and any(above) else None
    elif kind == "score_drop":
        known = former and former.score is not None and shot.score is not None
        measure = former.score - shot.score if known else None
    elif kind == "coverage_drop":
        measure = former.coverage - shot.coverage if former else None
    elif kind == "cap":
        measure = 1 if shot.cap else 0
    elif kind == "signal":
        measure = shot.signals.get(rule["signal"])
    elif kind == "signal_drop":
        now = shot.signals.get(rule["signal"])
        then = former.signals.get(rule["signal"]) if former else None
        measure = None if now is None or then is None else then - now
    elif kind == "stale":
        if rule["signal"] in shot.signals:
            measure = 1 if shot.signals[rule["signal"]] is None else 0
    elif kind == "override":
        if shot.override is None:
            return "recovered"
        measure = (world.overrides[shot.override][1] - d).days
    elif kind == "renewal":
        if shot.score is not None and shot.score >= edge:
            return "recovered"
        measure = shot.signals.get("days_to_renewal")
    if measure is None:
        return "neither"
    sign = 1 if rule["worse"] == "more" else -1
    measure = round(measure, 6)
    if sign * measure > sign * float(rule["threshold"]):
        return "holds"
    return "recovered" if sign * measure <= sign * float(rule["recover_threshold"]) else "neither"


def pairs_of(world: World) -> dict:
    if not hasattr(world, "_pairs"):
        world._pairs = pairs(world.days)
    return world._pairs


def episodes(world: World, rule: dict, account: str) -> list[tuple]:
    """(opened_on, closed_on, why) of one account and rule, walked through day by day."""
    found, opened, closed, since = [], None, None, None
    for d in sorted(world.days):
        if (account, d) not in world.snapshots:
            if opened is not None:
                found.append((opened, d, "churned"))
                opened, closed = None, d
            since = None
            continue
        verdict = judged(world, rule, account, d)
        since = (since or d) if verdict == "recovered" else None
        if opened is not None:
            if since is not None and (d - since).days + 1 >= int(rule["recover_days"]):
                found.append((opened, d, "recovered"))
                opened, closed = None, d
        elif verdict == "holds" and (
            closed is None or (d - closed).days > int(rule["cooldown_days"])
        ):
            opened = d
    return [*found, (opened, None, None)] if opened is not None else found


def random_world(random: Random, accounts: int = 6, length: int = 120) -> World:
    """Values that wander around every threshold, missing days, leavers who come back."""
    step = random.choice((1, 1, 1, 3, 7))
    days = [day(n) for n in range(0, length, step) if random.random() > 0.1]
    snapshots, overrides = {}, {}
    for number in range(accounts):
        account = f"a{number}"
        score, use, age = random.uniform(20, 90), 20.0, 0
        live = True
        for d in days:
            live = random.random() > 0.02 if live else random.random() < 0.2
            score = min(100.0, max(0.0, score + random.gauss(0, 8)))
            use = min(28.0, max(0.0, use + random.gauss(0, 3)))
            age = 0 if random.random() < 0.05 else age + step
            if not live:
                continue
            override = f"o{account}{d.month}" if random.random() < 0.3 else None
            if override:
                overrides[override] = (account, date(d.year, d.month, 28))
            snapshots[account, d] = Snapshot(
                score=None if random.random() < 0.1 else round(score, 2),
                coverage=round(random.choice((0.9, 0.8, 0.6)), 2),
                cap=random.choice((None, None, None, "overdue")),
                override=override,
                signals={
                    "active_days_28d": round(use),
                    "days_since_last_use": age,
                    "ticket_streak_days": random.choice((0, 3, 4, 7, 8, 9)),
                    "csm_pulse": random.choice((None, 3, 4)),
                    "days_to_renewal": random.choice((80, 90, 91, 95)),
                },
            )
    return World(snapshots, days, overrides)

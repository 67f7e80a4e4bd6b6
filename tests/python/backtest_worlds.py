"""Histories made by hand for the backtest, its models run on them, and what must come out.

A world is rows of the tables that the models of the backtest read. The reference looks at every
pair of a churned and a kept account, as slowly as that is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from math import sqrt
from random import Random

import duckdb

import real_project

LAST_DAY = date(2026, 3, 29)  # a Sunday, so that nothing is cut off
GAP, Z = 30, 1.959964
FAR = date(9999, 12, 31)
VALIDATION = (
    "int_scorecard_performance", "int_band_outcomes", "int_signal_performance",
    "int_scorecard_fairness", "int_backtest_floors", "int_backtest_findings",
)  # fmt: skip
LEAVES = {
    "history_dates", "history_rules", "history_config_cells", "history_scores", "history_signals",
    "history_dimensions", "int_former_uses", "int_config_version", "int_last_complete_day",
    "int_published_dates", "int_score_dates", "int_signal_states", "stg_subscriptions",
    "stg_accounts", "stg_churn_events", "int_alert_outcomes",
}  # fmt: skip
BANDS = (("red", None), ("yellow", 40), ("green", 70))


@dataclass
class World:
    """Scores and what came of the accounts. Keys of `scores` are (account, score date)."""

    scores: dict[tuple[str, date], float | None]
    periods: dict[str, list[tuple[date, date]]]  # account -> paid days [first, next)
    renewals: dict[str, date] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=dict)
    signals: dict[str, dict[tuple[str, date], float]] = field(default_factory=dict)
    in_use_since: date = LAST_DAY
    regions: dict[str, str] = field(default_factory=dict)

    @property
    def dates(self) -> list[date]:
        return sorted({day for _, day in self.scores})


def weeks(count: int, last: date = LAST_DAY) -> list[date]:
    return [last - timedelta(days=7 * back) for back in reversed(range(count))]


def random_world(random: Random, accounts: int = 60, dates: int = 20, levels: int = 0) -> World:
    """Scores that know nothing (`levels` distinct values, 0: many), departures at random."""
    days = weeks(dates)
    names = [f"a{number:03}" for number in range(accounts)]
    periods, scores, renewals = {}, {}, {}
    for name in names:
        first = days[0] - timedelta(days=random.randrange(1, 700))
        left = days[0] + timedelta(days=random.randrange(1, 400))
        periods[name] = [(first, left if random.random() < 0.6 else FAR)]
        if random.random() < 0.2 and periods[name][0][1] != FAR:
            again = left + timedelta(days=random.choice((5, 30, 31, 60)))
            periods[name].append((again, FAR))
        if random.random() < 0.8:
            renewals[name] = days[0] + timedelta(days=random.randrange(0, 500))
        for day in days:
            if any(first <= day < after for first, after in periods[name]):
                value = random.randrange(levels) * 10 if levels else round(random.random() * 100, 3)
                scores[name, day] = None if random.random() < 0.1 else value
    return World(
        scores, periods, renewals, {name: random.choice(("small", "mid")) for name in names}
    )


# --------------------------------------------------------------------------------- the real models


class Models(real_project.CutModels):
    """The models of the backtest on worlds."""

    def __init__(self, project: object, manifest: object) -> None:
        super().__init__(project, manifest, VALIDATION, LEAVES)

    def run(self, world: World) -> duckdb.DuckDBPyConnection:
        return self.build(tables_of(world))


def tables_of(world: World) -> dict[str, list[dict]]:
    version = {"config_version": "now"}
    cells = [
        {**version, "seed": "health_bands", "row_index": n, "column_name": column, "cell": cell}
        for n, (band, edge) in enumerate(BANDS)
        for column, cell in (
            ("scorecard", "health"), ("band", band), ("colour", band),
            ("lower_bound", None if edge is None else str(edge)), ("includes_lower", "1"),
        )
    ]  # fmt: skip
    scores = [
        {
            **version, "account_id": account, "scorecard": "health", "score_date": day,
            "is_primary": 1, "profile": world.profiles.get(account, "mid"), "mrr": 100,
            "score": score, "capped_score": score, "effective_score": score,
            "band": band_of(score) or "insufficient_data",
        }
        for (account, day), score in world.scores.items()
    ]  # fmt: skip
    signals = [
        {
            **version, "account_id": account, "score_date": day, "signal": signal,
            "value": value, "state": "measured",
        }
        for signal, values in world.signals.items()
        for (account, day), value in values.items()
    ]  # fmt: skip
    signals += [
        {
            **version, "account_id": account, "score_date": day, "signal": "days_to_renewal",
            "value": (world.renewals[account] - day).days, "state": "measured",
        }
        for account, day in world.scores
        if account in world.renewals
    ]  # fmt: skip
    subscriptions = [
        {
            "subscription_id": f"{account}-{n}", "account_id": account, "happened_on": first,
            "started_at": first, "ended_at": None if after == FAR else after, "known_on": first,
        }
        for account, periods in world.periods.items()
        for n, (first, after) in enumerate(periods)
    ]  # fmt: skip
    accounts = [
        {"account_id": account, "happened_on": periods[0][0], "region": world.regions.get(account)}
        for account, periods in world.periods.items()
    ]
    dated = {**version, "scoring_version": "1"}
    return {
        "history_dates": [{**dated, "score_date": day, "is_due": 1} for day in world.dates],
        "history_rules": [{**version, "scorecard": "health"}],
        "history_config_cells": cells,
        "history_scores": scores,
        "history_signals": signals,
        "int_former_uses": [
            {**version, "score_date": world.in_use_since, "known_until": world.in_use_since}
        ],
        "int_config_version": [version],
        "int_last_complete_day": [{"score_date": LAST_DAY}],
        "int_published_dates": [{**dated, "score_date": day} for day in world.dates],
        "int_score_dates": [{"score_date": world.dates[-1], "is_due": 1}],
        "stg_subscriptions": subscriptions,
        "stg_accounts": accounts,
    }


def band_of(score: float | None) -> str | None:
    if score is None:
        return None
    return [band for band, edge in BANDS if edge is None or score >= edge][-1]


# --------------------------------------------------------------------------------------- reference


def churns(world: World, account: str) -> list[date]:
    """Ends of paid periods that no other one follows within the gap, once the gap has passed."""
    found = []
    for (_, ended), (again, _) in pairwise([*world.periods[account], (FAR, FAR)]):
        if (again - ended).days > GAP and ended + timedelta(days=GAP) <= LAST_DAY:
            found.append(ended)
    return found


def is_paying(world: World, account: str, day: date) -> bool:
    return any(first <= day < after for first, after in world.periods[account])


def sides(
    world: World, day: date, horizon: int, lead: int, cohort: str = "all"
) -> tuple[list[str], list[str]] | None:
    """Accounts that churned and that stayed, scored or not; None when the day is too young."""
    if day + timedelta(days=horizon + lead + GAP) > LAST_DAY:
        return None
    churned, kept = [], []
    for account in {account for account, on in world.scores if on == day}:
        if not is_paying(world, account, day):
            continue
        if cohort == "renewal":
            renewal = world.renewals.get(account)
            if renewal is None or not lead < (renewal - day).days <= lead + horizon:
                continue
        after = [(left - day).days for left in churns(world, account) if left > day]
        if after and after[0] <= lead:
            continue
        (churned if after and after[0] <= lead + horizon else kept).append(account)
    return sorted(churned), sorted(kept)


@dataclass
class Found:
    """What the reference has to say of one cell."""

    auc: float | None
    low: float | None
    high: float | None
    lifts: dict[int, float | None]
    churned_rows: int
    kept_rows: int
    churned_accounts: int
    kept_accounts: int
    unscored_churned: int
    unscored_kept: int


def judge(
    world: World, values: dict, horizon: int, lead: int, cohort: str = "all",
    accounts: set | None = None, minimum: int = 20,
) -> Found:  # fmt: skip
    """AUC with its interval, and lift, by all pairs; `accounts` restricts whom is compared."""
    wins = pairs = 0.0
    placed, opposite, caught = {}, {}, dict.fromkeys((5, 10, 20), 0.0)
    distinct, rows, unscored = ({"c": set(), "k": set()}, {"c": 0, "k": 0}, {"c": 0, "k": 0})
    for day in world.dates:
        found = sides(world, day, horizon, lead, cohort)
        if found is None:
            continue
        both = {}
        for side, all_members in zip("ck", found, strict=True):
            members = [a for a in all_members if accounts is None or a in accounts]
            both[side] = [a for a in members if values.get((a, day)) is not None]
            rows[side] += len(members)
            unscored[side] += len(members) - len(both[side])
            distinct[side] |= set(both[side])
        for left in both["c"]:
            for stayed in both["k"]:
                one, other = values[left, day], values[stayed, day]
                won = 1.0 if one < other else 0.5 if one == other else 0.0
                wins += won
                pairs += 1
                for account in (left, stayed):
                    placed[account] = placed.get(account, 0) + won
                    opposite[account] = opposite.get(account, 0) + 1
        everybody = [values[a, day] for a in both["c"] + both["k"]]
        for percent in caught:
            places = percent * len(everybody) / 100
            for left in both["c"]:
                below = sum(value < values[left, day] for value in everybody)
                tied = sum(value == values[left, day] for value in everybody)
                caught[percent] += min(1.0, max(0.0, (places - below) / tied))
    scored = rows["c"] - unscored["c"]
    if min(len(distinct["c"]), len(distinct["k"])) < minimum or not pairs:
        auc = low = high = None
        lifts = dict.fromkeys(caught)
    else:
        auc = wins / pairs
        squares = sum((placed[a] - auc * opposite[a]) ** 2 for a in placed)
        count = len(placed)
        error = sqrt(squares * count / (count - 1)) / pairs
        low, high = max(0.0, auc - Z * error), min(1.0, auc + Z * error)
        lifts = {k: caught[k] / (k / 100 * scored) for k in caught}
    return Found(
        auc, low, high, lifts, rows["c"], rows["k"], len(distinct["c"]), len(distinct["k"]),
        unscored["c"], unscored["k"],
    )  # fmt: skip

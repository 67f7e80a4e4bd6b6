"""Reference of points, scores, coverage, bounds, caps, overrides and bands of one score date.

Written from the design, never from the SQL. Works on plain values: `accounts` is a dict of live
account -> facts with `profile`, `signals` a dict of (account, signal) -> value, observed_on, state.
Value, points, weights, contributions and ratios are each rounded half away from zero to 6 decimals.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from reference_input import number, round6, setting
from reference_signals import MEASURED, NOT_APPLICABLE

SUM = "sum"
NO_SIGNAL = {"value": None, "observed_on": None, "state": NOT_APPLICABLE}
INSUFFICIENT = "insufficient_data"
COMPARISONS = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
}


# -------------------------------------------------------------------------------------------- rules


def resolved(rows: list[dict], scorecard: str, profile: str, column: str) -> dict[str, dict]:
    """Rows of a seed for a profile by `column`: an exact profile row beats `*`."""
    found = {}
    for wanted in ("*", profile):
        for row in rows:
            if row["scorecard"] == scorecard and row["profile"] == wanted:
                found[row[column]] = row
    return found


def tiers_of(config: dict, rule: dict) -> list[dict]:
    names = ("scorecard", "profile", "signal")
    return [row for row in config["signal_tiers"] if all(row[name] == rule[name] for name in names)]


def rule_points(config: dict, rule: dict, value: object) -> Decimal | None:
    """Points of a value under a rule; NULL stays NULL."""
    if value is None:
        return None
    exact = Fraction(value)
    if rule["rule"] == "per_unit":
        neutral = number(rule, "neutral") or 0
        points = number(rule, "points_per_unit") * (exact - neutral)
        return round6(clamped(points, number(rule, "min_points"), number(rule, "max_points")))
    if rule["rule"] == "linear":
        worst, best = number(rule, "worst"), number(rule, "best")
        return round6(clamped(100 * (exact - worst) / (best - worst), 0, 100))
    for tier in tiers_of(config, rule):
        lower, upper = number(tier, "lower_bound"), number(tier, "upper_bound")
        if (lower is None or exact >= lower) and (upper is None or exact < upper):
            return round6(number(tier, "points"))
    return None


def clamped(points: Fraction, lowest: object, highest: object) -> Fraction:
    points = points if lowest is None else max(points, lowest)
    return points if highest is None else min(points, highest)


def rule_bounds(config: dict, rule: dict) -> tuple[Decimal | None, Decimal | None]:
    """The least and the greatest points that a rule can give; None where it has no bound."""
    if rule["rule"] == "linear":
        return Decimal(0), Decimal(100)
    if rule["rule"] == "per_unit":
        return round6(number(rule, "min_points")), round6(number(rule, "max_points"))
    points = [round6(number(tier, "points")) for tier in tiers_of(config, rule)]
    return min(points, default=None), max(points, default=None)


def weighted_rules(config: dict, scorecard: dict, profile: str) -> list[dict]:
    """The rules with weight of a scorecard and profile; w of the signal, W of its dimension."""
    name, is_sum = scorecard["scorecard"], scorecard["method"] == SUM
    dimension_of = {row["signal"]: row["dimension"] for row in config["signals"]}
    dimensions = resolved(config["dimension_weights"], name, profile, "dimension")
    rules = []
    for signal, rule in sorted(resolved(config["signal_rules"], name, profile, "signal").items()):
        dimension = dimension_of[signal]
        share = dimensions.get(dimension)
        big = 1 if is_sum else (number(share, "weight") or 0) if share else 0
        small = number(rule, "weight") or 0
        if big and small:
            rules.append(
                {"signal": signal, "rule": rule, "dimension": dimension, "w": small, "W": big}
            )
    return rules


# ------------------------------------------------------------------------------------------- points


def median(numbers: list) -> Fraction:
    ordered = sorted(map(Fraction, numbers))
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def imputed_points(
    config: dict, scorecard: dict, rule: dict, measured_elsewhere: list
) -> Decimal | None:
    """Points that the missing policy gives an applicable signal that is not measured."""
    policy = rule["missing_policy"]
    if policy == "zero":
        return rule_bounds(config, rule)[0]
    if policy == "neutral":
        is_sum = scorecard["method"] == SUM
        return Decimal(0) if is_sum else round6(setting(config, "neutral_points", 50))
    enough = setting(config, "min_prior_accounts", 10)
    if policy == "prior" and measured_elsewhere and len(measured_elsewhere) >= enough:
        return round6(median(measured_elsewhere))
    return None


def signal_points(config: dict, accounts: dict, signals: dict, scorecard: dict) -> dict:
    """(account, signal) -> the rule with its weights, value, state, points and is_imputed."""
    rows = {}
    for account, facts in accounts.items():
        for rule in weighted_rules(config, scorecard, facts["profile"]):
            found = signals.get((account, rule["signal"]), NO_SIGNAL)
            is_measured = found["state"] == MEASURED
            points = rule_points(config, rule["rule"], found["value"]) if is_measured else None
            rows[account, rule["signal"]] = {
                **found,
                **rule,
                "profile": facts["profile"],
                "is_measured": is_measured,
                "is_applicable": found["state"] != NOT_APPLICABLE,
                "points": points,
                "is_imputed": 0,
            }
    priors = defaultdict(list)
    for (_, signal), row in rows.items():
        if row["points"] is not None:
            priors[row["profile"], signal].append(row["points"])
    for (_, signal), row in rows.items():
        if row["is_applicable"] and not row["is_measured"]:
            others = priors.get((row["profile"], signal), [])
            row["points"] = imputed_points(config, scorecard, row["rule"], others)
            row["is_imputed"] = int(row["points"] is not None)
    return rows


# ------------------------------------------------------------------------------------------- scores


def applicable_style(rows: list[dict], is_sum: bool) -> dict[str, Decimal]:
    """signal -> W_d x w_s / sum of w in d over the given rows; w_s for method sum."""
    weights = {}
    for row in rows:
        in_dimension = sum(r["w"] for r in rows if r["dimension"] == row["dimension"])
        exact = row["w"] if is_sum else row["W"] * row["w"] / in_dimension
        weights[row["signal"]] = round6(exact)
    return weights


def final_style(rows: list[dict], is_sum: bool) -> dict[str, Decimal]:
    """signal -> W_d x w_s / (sum of w in d x sum of W), as a fraction; w_s for method sum."""
    weights = {}
    of_dimensions = sum({row["dimension"]: row["W"] for row in rows}.values())
    for row in rows:
        in_dimension = sum(r["w"] for r in rows if r["dimension"] == row["dimension"])
        exact = row["w"] if is_sum else row["W"] * row["w"] / (in_dimension * of_dimensions)
        weights[row["signal"]] = round6(exact)
    return weights


def share(weights: dict[str, Decimal], counted: set[str]) -> Decimal | None:
    """Absolute weight of the counted signals / of all; None when there is none."""
    total = sum(abs(weight) for weight in weights.values())
    part = sum(abs(weight) for signal, weight in weights.items() if signal in counted)
    return round6(Fraction(part) / Fraction(total)) if total else None


def bounds(config: dict, rows: list[dict], is_sum: bool) -> tuple[Decimal | None, Decimal | None]:
    """score_low and score_high: each unmeasured applicable signal at its rule's extremes."""
    rows = [row for row in rows if row["is_applicable"]]
    if not rows:
        return None, None
    weights, low, high = final_style(rows, is_sum), Decimal(0), Decimal(0)
    for row in rows:
        weight = weights[row["signal"]]
        pair = (row["points"],) * 2 if row["is_measured"] else rule_bounds(config, row["rule"])
        least, greatest = pair if weight >= 0 else pair[::-1]
        low = None if low is None or least is None else low + round6(Fraction(weight * least))
        high = (
            None if high is None or greatest is None else high + round6(Fraction(weight * greatest))
        )
    return low, high


def driver(row: dict, weight: Decimal, is_scored: bool) -> dict:
    """One signal with weight of an account on a scorecard; 0 of it when it is not scored."""
    points = row["points"]
    counts = is_scored and points is not None
    return {
        "value": row["value"],
        "state": row["state"],
        "observed_on": row["observed_on"],
        "points": points,
        "weight": weight,
        "contribution": round6(Fraction(weight * points)) if counts else None,
        "points_lost": round6(Fraction(weight * (100 - points))) if counts else None,
        "is_imputed": row["is_imputed"],
    }


def scored_account(config: dict, scorecard: dict, rows: list[dict]) -> tuple[dict, dict]:
    """(score row, signal -> driver row) of one account on one scorecard, before caps."""
    is_sum = scorecard["method"] == SUM
    applicable = [row for row in rows if row["is_applicable"]]
    scored = [row for row in rows if row["points"] is not None]
    measured = {row["signal"] for row in rows if row["is_measured"]}
    weights = final_style(scored, is_sum)
    coverage = share(applicable_style(applicable, is_sum), measured)
    dimensions = {row["dimension"] for row in rows if row["is_measured"]}
    enough = (
        bool(scored)
        and coverage is not None
        and coverage >= (number(scorecard, "min_coverage") or 0)
        and len(dimensions) >= (number(scorecard, "min_dimensions") or 0)
    )
    drivers = {
        row["signal"]: driver(row, weights.get(row["signal"], Decimal(0)), enough) for row in rows
    }
    contributions = [one["contribution"] for one in drivers.values()]
    low, high = bounds(config, rows, is_sum)
    score = {
        "score": sum(part for part in contributions if part is not None) if enough else None,
        "score_low": low,
        "score_high": high,
        "coverage": coverage,
        "source_coverage": share(
            applicable_style(rows, is_sum), {row["signal"] for row in applicable}
        ),
    }
    return score, drivers


# --------------------------------------------------------------------------- caps, overrides, bands


def capped(config: dict, scorecard: str, score: Decimal | None, signal_of: dict) -> dict:
    """Score under its lowest matching cap, and the name of that cap when it lowers the score."""
    matching = []
    for row in config["score_caps"]:
        found = signal_of.get(row["signal"], NO_SIGNAL)
        if row["scorecard"] != scorecard or found["state"] != MEASURED:
            continue
        if COMPARISONS[row["comparison"]](Fraction(found["value"]), number(row, "threshold")):
            matching.append((round6(number(row, "cap")), row["cap_name"]))
    lowest, name = min(matching, default=(None, None))
    if score is None or lowest is None or lowest >= score:
        return {"capped_score": score, "cap_name": None}
    return {"capped_score": lowest, "cap_name": name}


def active_override(overrides: list[dict], account: str, scorecard: str, day: date) -> dict | None:
    """Of the overrides active on D the one that starts last, then the greatest id."""
    active = [
        row
        for row in overrides
        if (row["account_id"], row["scorecard"]) == (account, scorecard)
        and row["starts_on"].date() <= day <= row["expires_on"].date()
    ]
    return max(active, key=lambda row: (row["starts_on"].date(), row["override_id"]), default=None)


def overridden(score: Decimal | None, override: dict | None) -> Decimal | None:
    if override is None:
        return score
    if override["kind"] == "set":
        return override["value"]
    if score is None:
        return None
    return (min if override["kind"] == "cap" else max)(score, override["value"])


def band_of(config: dict, scorecard: str, score: Decimal | None) -> str:
    """The highest band whose lower bound the score has passed."""
    if score is None:
        return INSUFFICIENT
    found = []
    for row in config["health_bands"]:
        lower = number(row, "lower_bound")
        if row["scorecard"] != scorecard:
            continue
        if lower is None:
            found.append((0, Fraction(0), row["band"]))
        elif Fraction(score) > lower or (score == lower and number(row, "includes_lower") == 1):
            found.append((1, lower, row["band"]))
    return max(found)[2] if found else INSUFFICIENT


def scores_of(
    config: dict, accounts: dict, signals: dict, day: date, overrides: list[dict] | None = None
) -> tuple[dict, dict]:
    """Scores (account, scorecard) and drivers (account, scorecard, signal) of one day."""
    scores, drivers = {}, {}
    for scorecard in config["scorecards"]:
        name = scorecard["scorecard"]
        points = signal_points(config, accounts, signals, scorecard)
        for account in accounts:
            own = [row for (of, _), row in points.items() if of == account]
            score, found = scored_account(config, scorecard, own)
            signal_of = {signal: row for (of, signal), row in signals.items() if of == account}
            score |= capped(config, name, score["score"], signal_of)
            override = active_override(overrides or [], account, name, day)
            effective = overridden(score["capped_score"], override)
            scores[account, name] = score | {
                "effective_score": effective,
                "band": band_of(config, name, effective),
                "override_id": override["override_id"] if override else None,
                "override_kind": override["kind"] if override else None,
            }
            drivers |= {(account, name, signal): row for signal, row in found.items()}
    return scores, drivers

"""The path from one score to another, walked in Python from the remembered values and rules.

Each part is a difference of whole scores: behaviour by signal, peers, coverage by signal, profile,
configuration, cap, override. Nothing of the project's SQL of the ledger is used.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 60
SIXTH = Decimal("0.000001")
HUNDRED = Decimal(100)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(SIXTH, ROUND_HALF_UP)


def table(connection: object, name: str) -> list[dict]:
    cursor = connection.execute(f"select * from {name}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def facts_of(connection: object) -> dict:
    """What the history remembers, by key."""
    facts = {name: {} for name in ("scores", "signals", "priors")}
    facts |= {"rules": defaultdict(list), "tiers": defaultdict(list)}
    for row in table(connection, "history.history_scores"):
        key = (row["score_date"], row["config_version"], row["account_id"], row["scorecard"])
        facts["scores"][key] = row
    for row in table(connection, "history.history_signals"):
        key = (row["score_date"], row["config_version"], row["account_id"], row["signal"])
        facts["signals"][key] = row
    for row in table(connection, "history.history_priors"):
        key = (row["score_date"], row["config_version"], row["scorecard"], row["profile"])
        facts["priors"][(*key, row["signal"])] = row["prior_points"]
    for row in table(connection, "history.history_rules"):
        facts["rules"][row["config_version"], row["scorecard"], row["profile"]].append(row)
    for row in table(connection, "history.history_tiers"):
        key = (row["config_version"], row["scorecard"], row["profile"], row["signal"])
        facts["tiers"][key].append(row)
    return facts


def pairs_of(connection: object) -> list[dict]:
    return table(connection, "history.history_pairs")


def ledger_of(connection: object, pair: dict) -> dict:
    """(account, scorecard, part, signal) -> points of a pair of dates that the ledger has."""
    return {
        tuple(row[:4]): row[4]
        for row in connection.execute(
            "select account_id, scorecard, part, signal, points from history.history_changes "
            "where compared_with = ? and score_date = ? and status = 'split'",
            [pair["compared_with"], pair["score_date"]],
        ).fetchall()
    }


def parts_of(facts: dict, pair: dict) -> dict:
    """The same, walked here, for every account and scorecard with a score on both days."""
    first = (pair["from_date"], pair["from_config_version"])
    last = (pair["score_date"], pair["config_version"])
    between = (pair["score_date"], pair["from_config_version"])
    found = {}
    for (*when, account, scorecard), before in facts["scores"].items():
        after = facts["scores"].get((*last, account, scorecard))
        if tuple(when) != first or after is None:
            continue
        restated = facts["scores"][(*between, account, scorecard)]
        if None in (before["score"], after["score"], restated["score"]):
            continue
        steps = walked(facts, first, between, account, scorecard, before["profile"])
        assert steps.pop("start") == before["score"]
        covered = steps.pop("end")
        steps["profile", "*"] = restated["score"] - covered
        steps["configuration", "*"] = after["score"] - restated["score"]
        caps = [row["capped_score"] - row["score"] for row in (before, after)]
        overrides = [row["effective_score"] - row["capped_score"] for row in (before, after)]
        steps["cap", "*"] = caps[1] - caps[0]
        steps["override", "*"] = overrides[1] - overrides[0]
        assert sum(steps.values()) == after["effective_score"] - before["effective_score"]
        found |= {(account, scorecard, *step): moved for step, moved in steps.items() if moved}
    return found


def walked(facts, first, between, account, scorecard, profile) -> dict:
    """(part, signal) -> points of behaviour, peers and coverage; `start` and `end` are scores."""
    rules = {row["signal"]: row for row in facts["rules"][first[1], scorecard, profile]}
    ends = []
    for when in (first, between):
        priors = {name: facts["priors"].get((*when, scorecard, profile, name)) for name in rules}
        signals = {name: facts["signals"][(*when, account, name)] for name in rules}
        ends.append((signals, priors))
    (before, priors_before), (after, priors_after) = ends
    states = {name: (before[name]["state"], after[name]["state"]) for name in rules}
    both = {name for name in rules if states[name] == ("measured", "measured")}

    points = {n: worth(facts, rules[n], before[n], priors_before[n]) for n in rules}
    then = {n: worth(facts, rules[n], after[n], priors_after[n]) for n in rules}
    start = contributions(rules, points)
    steps = {"start": sum(start.values())}
    behaved = points | {n: then[n] for n in both if not rules[n]["is_relative"]}
    moved = contributions(rules, behaved)
    steps |= {("behaviour", name): moved[name] - start[name] for name in rules}
    unmeasured = {
        n: worth(facts, rules[n], before[n], priors_after[n])
        for n in rules
        if states[n][0] != "measured"
    }
    present = behaved | {n: then[n] for n in both} | unmeasured
    here = sum(contributions(rules, present).values())
    steps["peers", "*"] = here - sum(moved.values())
    for name in sorted(n for n in rules if states[n][0] != states[n][1]):
        present = present | {name: then[name]}
        former, here = here, sum(contributions(rules, present).values())
        steps["coverage", name] = here - former
    return steps | {"end": here}


def worth(facts: dict, rule: dict, signal: dict, prior: Decimal | None) -> Decimal | None:
    """The points of a signal: of its value, or what its missing policy assumes."""
    if signal["state"] == "not_applicable":
        return None
    if signal["state"] != "measured":
        assumed = {
            "zero": rule["least_points"], "neutral": rule["neutral_points"], "prior": prior,
        }  # fmt: skip
        return assumed.get(rule["missing_policy"])
    value = signal["value"]
    if rule["rule"] == "linear":
        points = HUNDRED * (value - rule["worst"]) / (rule["best"] - rule["worst"])
    elif rule["rule"] == "per_unit":
        points = rule["points_per_unit"] * (value - rule["neutral"])
    else:
        points = tier_points(facts, rule, value)
    if points is None:
        return None
    least, greatest = rule["least_points"], rule["greatest_points"]
    points = points if least is None else max(least, points)
    return rounded(points if greatest is None else min(greatest, points))


def tier_points(facts: dict, rule: dict, value: Decimal) -> Decimal | None:
    key = (rule["config_version"], rule["scorecard"], rule["rule_profile"], rule["signal"])
    for tier in facts["tiers"][key]:
        above = tier["lower_bound"] is None or value >= tier["lower_bound"]
        if above and (tier["upper_bound"] is None or value < tier["upper_bound"]):
            return tier["points"]
    return None


def contributions(rules: dict, points: dict) -> dict:
    """Signal -> contribution: its weight among the scored ones, times its points."""
    scored = [name for name in rules if points[name] is not None]
    of_dimension, dimensions = defaultdict(Decimal), {}
    for name in scored:
        of_dimension[rules[name]["dimension"]] += rules[name]["weight"]
        dimensions[rules[name]["dimension"]] = rules[name]["dimension_weight"]
    total = sum(
        weight for name, weight in dimensions.items() if of_dimension[name] and weight is not None
    )
    found = dict.fromkeys(rules, Decimal(0))
    for name in scored:
        rule = rules[name]
        if rule["method"] == "sum":
            share = rule["weight"]
        else:
            whole = of_dimension[rule["dimension"]] * total
            if not whole:
                continue
            share = rounded(rule["dimension_weight"] * rule["weight"] / whole)
        found[name] = rounded(share * points[name])
    return found

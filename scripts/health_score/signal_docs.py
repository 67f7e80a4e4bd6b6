"""Writes docs/signals.md from the config seeds, so that text and numbers cannot disagree.

Run `python -m health_score.signal_docs` after an edit in seeds/config; with --check it
writes nothing and exits with 1 when the file is out of date.
"""

import argparse
import csv
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = "seeds/config"
TARGET = "docs/signals.md"
NEEDED = (
    "scorecards",
    "signals",
    "signal_inputs",
    "signal_rules",
    "signal_tiers",
    "dimension_weights",
    "score_caps",
)
POLICIES = {
    "exclude": "left out",
    "zero": "least points",
    "neutral": "neutral points",
    "prior": "median of its kind",
}
INTRODUCTION = """\
# Signals

A signal is one measured fact about an account on a score date D. Every number below is a row
of a file in `seeds/config/`; this page is generated from those files and never edited by hand
(`python -m health_score.signal_docs`).

- **Window.** N days are D - N + 1 to D, both included, in UTC.
- **Empty.** What the value is when there is nothing to count. Zero is a measured fact; missing
  is not, and is never counted as zero.
- **Not applicable** is a signal while one of the things that it needs is not fed at all.
- **Weight** is in percent of the signal's dimension, and in brackets of the whole scorecard (with
  the dimension's weight for the same profile; a profile may weigh its dimensions otherwise). On a
  sum it is the factor of the points. `*` is every profile without a row of its own.
- **Not measured** says what a missing or stale signal does to the score.

Which row tunes it: `signal_rules.csv` for weight, rule and policy, `signal_tiers.csv` for the
steps of a rule of kind tier, `dimension_weights.csv` for the weight of the dimension,
`score_caps.csv` for caps, `signals.csv` for freshness.
"""


def read_seeds(root):
    """Rows of each needed seed of the project at `root`, as dicts of text, in file order."""
    seeds = {}
    for name in NEEDED:
        path = Path(root) / SEEDS / f"{name}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            seeds[name] = list(csv.DictReader(file))
    return seeds


def signals_page(root=ROOT):
    """The whole text of docs/signals.md for the seeds of the project at `root`."""
    seeds = read_seeds(root)
    dimensions = dict.fromkeys(row["dimension"] for row in seeds["signals"])
    parts = [INTRODUCTION, contents(seeds["signals"], dimensions)]
    for dimension in dimensions:
        parts.append(f"## {dimension.capitalize()}\n")
        parts += [section(row, seeds) for row in seeds["signals"] if row["dimension"] == dimension]
    return "\n".join(parts)


def contents(signals, dimensions):
    """A table of the signals by dimension, each a link to its section."""
    lines = ["| dimension | signals |", "|---|---|"]
    for dimension in dimensions:
        links = [
            f"[{row['signal']}](#{row['signal']})"
            for row in signals
            if row["dimension"] == dimension
        ]
        lines.append(f"| {dimension} | {', '.join(links)} |")
    return "\n".join(lines) + "\n"


def section(row, seeds):
    """The section of one signal: what it measures, why, how to read it, what tunes it."""
    signal = row["signal"]
    inputs = [
        f"`{need['table_name']}`"
        if need["column_name"] == "*"
        else f"`{need['table_name']}.{need['column_name']}`"
        for need in seeds["signal_inputs"]
        if need["signal"] == signal
    ]
    lines = [
        f"### {signal}",
        "",
        f"**{row['title']}** ({row['unit']}; {direction(row['better'])}).",
        row["why_it_matters"],
        "",
        f"- Measures: {row['definition']}",
        f"- Window: {window(row)}",
        f"- Empty: {row['when_empty']}",
        f"- Low value: {row['low_value_means']}",
        f"- Needs: {', '.join(inputs)}",
        f"- Freshness: {freshness(row)}",
        *[f"- {cap_text(cap)}" for cap in seeds["score_caps"] if cap["signal"] == signal],
        "",
        *tuning_table(signal, row["dimension"], seeds),
    ]
    return "\n".join(lines) + "\n"


def direction(better):
    """`better` of the seed in words."""
    return {"more": "more is better", "less": "less is better"}.get(better, "neither is better")


def window(row):
    """The days that a signal looks at, from the end of its name and its definition."""
    found = re.search(r"_(\d+)([dw])$", row["signal"])
    if not found:
        return "as the definition says"
    days = int(found[1]) * (7 if found[2] == "w" else 1)
    if f"D - {days}" in row["definition"]:
        return f"compares the days D and D - {days}"
    return f"{days} days, D - {days - 1} to D"


def freshness(row):
    """When a signal warns and when it expires, in words."""
    if not row["expire_after_days"]:
        return "cannot go stale"
    warn, expire = row["warn_after_days"] or row["expire_after_days"], row["expire_after_days"]
    if row["freshness"] == "own":
        return f"flagged when the answer is older than {warn} days, stale after {expire}"
    return (
        f"flagged when its source has been silent for more than {warn} days, stale after {expire}"
    )


def cap_text(cap):
    """One cap of score_caps.csv in words."""
    return (
        f"Cap: `{cap['scorecard']}` is at most {cap['cap']} while the value is "
        f"{cap['comparison']} {cap['threshold']} (`{cap['cap_name']}`)"
    )


def tuning_table(signal, dimension, seeds):
    """Markdown lines: every row of signal_rules for `signal`, or a sentence when there is none."""
    rules = [rule for rule in seeds["signal_rules"] if rule["signal"] == signal]
    if not rules:
        return ["No scorecard gives it weight."]
    lines = [
        "| scorecard | profile | weight | rule | not measured |",
        "|---|---|---|---|---|",
    ]
    for rule in rules:
        cells = [
            rule["scorecard"],
            f"`{rule['profile']}`",
            weight_text(rule, dimension, seeds),
            rule_text(rule, seeds["signal_tiers"]),
            POLICIES.get(rule["missing_policy"], rule["missing_policy"]),
        ]
        if float(rule["weight"]) == 0:
            cells[3:] = ["-", "-"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def weight_text(rule, dimension, seeds):
    """The weight of a rule within its dimension and, for an average, in the scorecard."""
    if float(rule["weight"]) == 0:
        return "off"
    methods = {row["scorecard"]: row["method"] for row in seeds["scorecards"]}
    if methods.get(rule["scorecard"]) == "sum":
        return f"x {rule['weight']}"
    weights = {
        row["profile"]: float(row["weight"])
        for row in seeds["dimension_weights"]
        if row["scorecard"] == rule["scorecard"] and row["dimension"] == dimension
    }
    of_dimension = weights.get(rule["profile"], weights.get("*", 0))
    return f"{rule['weight']} % ({of_dimension * float(rule['weight']) / 100:g} %)"


def rule_text(rule, tiers):
    """How a rule makes points of a value, in words."""
    if rule["rule"] == "linear":
        return f"0 at {rule['worst']}, 100 at {rule['best']}"
    if rule["rule"] == "per_unit":
        limits = [
            f"{word} {rule[column]}"
            for word, column in (("at least", "min_points"), ("at most", "max_points"))
            if rule[column]
        ]
        value = "value" if float(rule["neutral"]) == 0 else f"(value - {rule['neutral']})"
        return ", ".join([f"{rule['points_per_unit']} x {value}", *limits])
    steps = [
        f"{step_text(tier)}: {tier['points']}"
        for tier in tiers
        if all(tier[key] == rule[key] for key in ("scorecard", "profile", "signal"))
    ]
    return "; ".join(steps)


def step_text(tier):
    """The half-open range of a tier in words."""
    if not tier["lower_bound"] and not tier["upper_bound"]:
        return "any value"
    if not tier["lower_bound"]:
        return f"below {tier['upper_bound']}"
    if not tier["upper_bound"]:
        return f"from {tier['lower_bound']}"
    return f"from {tier['lower_bound']} to below {tier['upper_bound']}"


def main(arguments=None, root=ROOT):
    """Write docs/signals.md, or with --check compare it; returns the exit code."""
    parser = argparse.ArgumentParser(description="Write docs/signals.md from the config seeds.")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 when it differs")
    check = parser.parse_args(arguments).check
    path = Path(root) / TARGET
    page = signals_page(root)
    if check:
        if path.is_file() and path.read_text(encoding="utf-8") == page:
            return 0
        print(f"{TARGET} is out of date. Run: python -m health_score.signal_docs", file=sys.stderr)
        return 1
    path.parent.mkdir(exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

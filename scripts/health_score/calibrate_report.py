"""What a calibration found: EVIDENCE.md, and the same on a screen."""

from collections import Counter

import numpy as np

from .auc import auc
from .terminal import heading, markdown, number, plural, say, table
from .weights_seeds import ANY

SHOWN = 12
DEMO = (
    "The input is the demo data. Its customers are simulated, so this shows that the procedure "
    "works from history to proposal, and whether it finds what the simulation planted; it says "
    "nothing about which weights fit real customers."
)
LIMITS = (
    "It compares the present weights with these ones on the past of the same accounts. It does "
    "not show what the score causes, nor that next year's customers leave for last year's reasons.",
    "Points, ranges, caps and missing policies stay as they are; only weights were fitted.",
)


def verdict(found):
    """One sentence: better, worse, or not shown to be better."""
    result = found.judged.paired
    difference = result.difference
    figures = (
        f"AUC {result.after.value:.3f} instead of {result.before.value:.3f} on the judge period, "
        f"difference {difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
    )
    if not moved_rows(found):
        return "NOT BETTER: the fit moves no weight by half a point, so nothing is proposed."
    if difference.low > 0:
        return f"BETTER: {figures}; the interval excludes 0."
    if difference.high < 0:
        return f"WORSE: {figures}; the interval excludes 0. Keep the present weights."
    return f"NOT BETTER: {figures}; the interval includes 0. Keep the present weights."


def alone(rows):
    """For each signal (AUC of its points alone or None, leavers on whom it was measured).

    `rows` hold NaN where the signal was not measured.
    """
    found = []
    for column in range(len(rows.signals)):
        known = rows.where(~np.isnan(rows.points[:, column]))
        value = None
        if known.leavers and known.stayers:
            value = auc(known.dates, known.accounts, known.left, known.points[:, column])
        found.append((value.value if value else None, known.leavers))
    return found


def moved_rows(found):
    """[(profile or *, dimension, signal or '', weight before, weight after)] that differ."""
    rows = []
    for (owner, name), weight in found.before.dimensions.items():
        after = found.after.dimensions[owner, name]
        if weight != after:
            rows.append((owner, name, "", weight, after))
    for (owner, name), weight in found.before.signals.items():
        after = found.after.signals[owner, name]
        if weight != after:
            rows.append((owner, found.before.dimension_of[name], name, weight, after))
    return sorted(rows, key=lambda row: (row[0] != ANY, row[:3]))


def why(found, signal):
    """What the outcomes say about a signal, in words."""
    at = found.signals.index(signal)
    value, leavers = found.alone[at]
    coefficient, factor = found.fit.coefficients[at], found.fit.factors[at]
    usual = typical_factor(found)
    least = int(found.task.settings["backtest_min_accounts"])
    if leavers < least:
        return f"measured on {plural(leavers, 'leaver')} of the {least} needed: not fitted"
    if coefficient < 0.001:
        words = "healthier points, more leavers: held at 0" if value < 0.5 else "adds nothing"
    elif factor > 1.1 * usual:
        words = "tells more than its weight"
    elif factor < 0.9 * usual:
        words = "tells less than its weight"
    else:
        words = "tells what its weight says"
    return (
        f"{words}; coefficient {coefficient:.2f}, alone AUC {value:.2f} "
        f"({plural(leavers, 'leaver')})"
    )


def typical_factor(found):
    """The factor of a signal that tells just what its present weight says."""
    shares = found.before.shares(ANY)
    mine = np.array([shares.get(signal, 0.0) for signal in found.signals])
    return float(mine @ found.fit.factors / mine.sum()) if mine.sum() else 1.0


def periods_section(found):
    rows = [
        (
            name, first, last, number(len(np.unique(found.rows[name].dates))),
            number(found.rows[name].leavers), number(found.rows[name].stayers),
        )
        for name, (first, last) in found.periods.items()
    ]  # fmt: skip
    return "Periods", ("Period", "From", "To", "Dates", "Leavers", "Stayers"), rows


def auc_section(found):
    result = found.judged.paired
    figures = (
        ("Seeds as they are", result.before),
        ("Proposed seeds", result.after),
        ("Difference, paired", result.difference),
    )
    rows = [
        (name, f"{one.value:.4f}", f"{one.low:.4f}", f"{one.high:.4f}") for name, one in figures
    ]
    return "Real scores of the judge period", ("", "AUC", "Low", "High"), rows


def weights_section(found):
    rows = []
    for owner, dimension, signal, before, after in moved_rows(found):
        reason = why(found, signal) if signal else sum_of_signals(found, owner, dimension)
        weights = plain(before), plain(after)
        name = signal or "(the dimension)"
        rows.append((owner, dimension, name, *weights, of_score(found, owner, signal), reason))
    columns = ("Profile", "Dimension", "Signal", "Before", "After", "% of the score", "Why")
    return "Weights that move", columns, rows


def of_score(found, owner, signal):
    """How much of the whole score a signal is, before and after; empty for a dimension."""
    if not signal:
        return ""
    shares = (weights.shares(owner).get(signal, 0) for weights in (found.before, found.after))
    return " to ".join(f"{100 * share:.1f}" for share in shares)


def sum_of_signals(found, owner, dimension):
    """How much the fit gives all signals of a dimension together, before rounding."""
    wanted = dict(zip(found.signals, found.fit.shares[owner], strict=True))
    total = sum(
        share for name, share in wanted.items() if found.before.dimension_of[name] == dimension
    )
    return f"its signals together: {100 * total / sum(wanted.values()):.1f}"


def dropped(found):
    """[(profile or *, signal)] that would weigh nothing any more."""
    return [(row[0], row[2]) for row in moved_rows(found) if row[2] and row[4] == 0]


def profiles_section(found):
    rows = []
    for profile in sorted(found.fit.own):
        if profile == ANY:
            continue
        share = found.fit.own[profile]
        own = any(owner == profile for owner, _ in found.before.dimensions)
        own = own or any(owner == profile for owner, _ in found.before.signals)
        rule = f"{share:.0%} its own, the rest as the whole" if share else "as the whole"
        words = rule if own else "has no rows of its own: those of *"
        rows.append((profile, number(found.fit.leavers[profile]), words))
    return "Profiles", ("Profile", "Leavers", "Weights move"), rows


def bands_section(found):
    """Accounts by band on the last judged date, and edges that would keep their shares."""
    counts = {name: Counter(bands) for name, bands in found.judged.bands.items()}
    scores = found.judged.scores
    rows = []
    for edge in found.judged.edges:
        kept = ""
        if edge["first_score"] is not None and len(scores["before"]):
            below = float(np.mean(scores["before"] < float(edge["first_score"])))
            kept = f"{np.quantile(scores['after'], below):.0f}"
        band = edge["band"]
        before = "" if edge["first_score"] is None else f"{float(edge['first_score']):g}"
        rows.append(
            (band, number(counts["before"][band]), number(counts["after"][band]), before, kept)
        )
    columns = ("Band", "Accounts before", "After", "Edge", "Edge that keeps the share")
    return f"Bands on {found.periods['judge'][1]} (edges are not changed)", columns, rows


def penalties_section(found):
    rows = [
        (f"{penalty:g}", f"{value:.4f}", "chosen" if penalty == found.penalty else "")
        for penalty, value in found.tried
    ]
    return "Penalty, by AUC on the choose period", ("Penalty", "AUC", ""), rows


def method(found):
    task = found.task
    kept, lost = found.judged.rows, found.judged.unscored
    lines = [
        f"Leavers are accounts that leave within {task.horizon} days after {task.lead} days of "
        f"lead. Periods lie at least {task.gap} days apart (lead + horizon + reactivation gap).",
        "Penalised logistic regression with coefficients of at least 0, drawn to the present "
        "weights; an account counts once as a leaver and once as a stayer; missing points are "
        "the median of profile and date. Fitted on the first period, the penalty chosen on the "
        "second, fitted with it once more on both.",
        f"A profile's own fit counts leavers / (leavers + "
        f"{task.settings['calibration_own_accounts']}), with fewer than "
        f"{task.settings['backtest_min_accounts']} leavers nothing.",
        f"Judged: {number(len(kept.dates))} rows of {number(kept.leavers)} leavers and "
        f"{number(kept.stayers)} stayers with a score under both; without a score "
        f"{number(lost['before'])} rows before, {number(lost['after'])} after. The interval "
        "counts accounts, not rows.",
    ]
    return lines


def evidence(found, folder):
    """EVIDENCE.md."""
    gone = [f"{signal} ({owner})" for owner, signal in dropped(found)]
    sections = [
        (f"Weights of {found.task.scorecard}, proposed on {found.task.last_day}", (),
         [verdict(found), *method(found)]),
        periods_section(found),
        auc_section(found),
        weights_section(found),
        ("Signals that would be dropped", (), [", ".join(gone) or "none"]),
        profiles_section(found),
        penalties_section(found),
        bands_section(found),
        ("What this does not show", (), [*LIMITS, *([DEMO] if found.is_synthetic else [])]),
        ("How to go on", (), [f"- {line}" for line in next_steps(found, folder)]),
    ]  # fmt: skip
    return markdown(sections)


def next_steps(found, folder):
    if not moved_rows(found):
        return ["There is nothing to take over."]
    look = f"See whom it would move: ./health compare --config {folder}"
    if found.judged.paired.difference.low <= 0:
        return [look, "It is not to be taken over; try again when more accounts have left."]
    return [look, f"Take it over: cp {folder}/*.csv seeds/config/ and review it in git."]


def render(out, found, folder):
    """The proposal on one screen."""
    heading(out, f"Proposed weights of {found.task.scorecard}")
    say(out, verdict(found), style="bold")
    if found.is_synthetic:
        say(out, "The input is the demo: simulated customers prove the procedure, not the weights.")
    for title, columns, rows in (periods_section(found), auc_section(found)):
        heading(out, title)
        out.print(table(columns, rows))
    title, columns, rows = weights_section(found)
    whole = [row[1:] for row in rows if row[0] == ANY]
    whole.sort(key=most_first)
    heading(out, f"{title} for every kind of account (profile *)")
    short = [(*row[:-1], row[-1].split(";")[0]) for row in whole[:SHOWN]]
    out.print(table(columns[1:], short) if short else "none")
    rest = len(rows) - len(short)
    if rest:
        say(out, f"{plural(rest, 'more weight', 'more weights')} in {folder}/EVIDENCE.md")
    out.print()
    for line in (f"Evidence: {folder}/EVIDENCE.md", *next_steps(found, folder)):
        say(out, line)
    say(out, "Nothing was changed.")


def most_first(row):
    """Order of rows of the weights: dimensions, then signals by the change of their share."""
    shares = [float(share) for share in row[4].split(" to ")] if row[4] else (0, 0)
    return row[1] != "(the dimension)", -abs(shares[1] - shares[0]), row[1]


def plain(value):
    return f"{value.normalize():f}"

"""Why an account has its score: ./health explain, read from the published file."""

import difflib
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from .exits import USAGE, Problem
from .project import shown
from .terminal import heading, plain, say, table

CENT = Decimal("0.000001")
# Units that are shown in another way: as per cent, and as yes or no.
SHARE, FLAG = "ratio", "0 or 1"
# Units of what is counted: half a login lifts nobody.
COUNTED = {
    FLAG, "changes", "days", "events", "features", "goals", "invoices", "referrals", "reviews",
    "sessions", "subscriptions", "tickets", "users", "views", "weeks", "whole years",
}  # fmt: skip


def read(file, account, scorecard=None):
    """(summary, drivers) of one account on one scorecard (default: the primary one).

    `account` is an account_id or, in any case, an account_name. Both parts are dicts of
    mart columns. Problem USAGE when nothing is published, or no one account or scorecard
    is meant; the sentence then lists the near ones.
    """
    import duckdb

    if not file.exists():
        raise Problem(USAGE, f"Nothing is published yet ({shown(file)}). First: ./health run")
    with duckdb.connect(str(file), read_only=True) as connection:
        who = find_account(connection, account)
        cards = records(
            connection,
            "select * from marts.account_scorecards where account_id = ? "
            "order by is_primary desc, scorecard",
            [who["account_id"]],
        )
        names = [card["scorecard"] for card in cards]
        if scorecard is not None and scorecard not in names:
            raise Problem(USAGE, f"There is no scorecard {scorecard}; there are: {listed(names)}.")
        card = cards[names.index(scorecard) if scorecard else 0]
        drivers = records(
            connection,
            "select * from marts.account_health_drivers where account_id = ? and scorecard = ?",
            [who["account_id"], card["scorecard"]],
        )
    return {**who, **card}, sorted(drivers, key=order)


def records(connection, query, parameters=()):
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def listed(names):
    return ", ".join(str(name) for name in names)


def find_account(connection, wanted):
    """The account_health row that `wanted` names, or a Problem that lists near ones."""
    everyone = records(
        connection, "select account_id, account_name from marts.account_health order by account_id"
    )
    exact = [row for row in everyone if row["account_id"] == wanted]
    folded = wanted.casefold().strip()
    for found in (exact, [row for row in everyone if folded in keys(row)]):
        if len(found) == 1:
            return found[0]
        if found:
            raise Problem(
                USAGE, f"Several accounts are called {wanted}; name one by its id.", lines(found)
            )
    near = nearest(everyone, folded)
    hint = "The nearest ones:" if near else f"{len(everyone):,} accounts are published."
    raise Problem(USAGE, f"No account has the id or name {wanted}. {hint}", lines(near))


def keys(row):
    return {str(row["account_id"]).casefold(), str(row["account_name"] or "").casefold().strip()}


def lines(rows):
    return [f"{row['account_id']}  {row['account_name'] or ''}".rstrip() for row in rows]


def nearest(everyone, folded, limit=5):
    """Accounts whose id or name contains the text, else those spelt most alike."""
    holding = [row for row in everyone if any(folded in key for key in keys(row))]
    if holding:
        return holding[:limit]
    spelling = {key: row for row in everyone for key in keys(row) if key}
    close = difflib.get_close_matches(folded, spelling, n=limit, cutoff=0.6)
    return list({spelling[key]["account_id"]: spelling[key] for key in close}.values())


def order(driver):
    """What costs most first; then what could not be measured."""
    lost = driver["points_lost"]
    return (lost is None, -(lost or 0), -(driver["weight"] or 0), driver["signal"])


def render(out, summary, drivers):
    """Print the whole explanation to a Rich console."""
    name = summary["account_name"] or summary["account_id"]
    heading(out, f"{name} ({summary['account_id']}), {summary['scorecard']}")
    for line in header_lines(summary):
        say(out, line)
    out.print()
    out.print(driver_table(summary, drivers))
    for line in footer_lines(summary, drivers):
        say(out, line)
    heading(out, "The cheapest way to the next band")
    for line in next_band_lines(summary, drivers):
        say(out, line)


def header_lines(summary):
    """Score date, score, band, coverage and bounds, cap and override: a line each."""
    band = summary["band"]
    score = tenth(summary["score"])
    yield f"On {summary['score_date']}; profile {summary['profile']}"
    if summary["score"] is None:
        score = "none"
        yield "No score, because too little is measured"
    if summary["effective_score"] != summary["score"]:
        yield f"Score {score} computed, {tenth(summary['effective_score'])} effective"
    elif summary["score"] is not None:
        yield f"Score {score}"
    if summary["cap_name"] and summary["capped_score"] != summary["score"]:
        yield (
            f"Cap {summary['cap_name']} lowers it to {tenth(summary['capped_score'])} "
            f"({cap_fact(summary)}): {summary['cap_reason']}"
        )
    if summary["override_id"]:
        yield (
            f"Override {summary['override_id']} by {summary['override_author']} "
            f"({summary['override_kind']} {tenth(summary['override_value'])}) until "
            f"{summary['override_expires_on']}: {summary['override_reason']}"
        )
    yield f"Band {band}: {summary['action_plan']}"
    low, high = summary["score_low"], summary["score_high"]
    bounds = ""
    if low is not None and high is not None:
        bounds = f"; with everything measured the score would lie in {tenth(low)} to {tenth(high)}"
    yield f"Coverage {percent(summary['coverage'])} of the applicable weight{bounds}"


def cap_fact(summary):
    """The hard fact behind a cap: 'Days a critical ticket has been open: 5 days'."""
    fact = {"value": summary["cap_value"], "unit": summary["cap_unit"]}
    return f"{summary['cap_title'] or summary['cap_signal']}: {value_text(fact)}"


def driver_table(summary, drivers):
    """A row per applicable signal, and the total; a sum has no points to lose."""
    shares = weights_are_shares(drivers)
    rows = [
        (
            driver["title"] or driver["signal"],
            value_text(driver),
            state_text(driver),
            tenth(driver["points"]),
            "" if driver["points"] is None else weight_text(driver["weight"], shares),
            signed(driver["contribution"]),
            tenth(driver["points_lost"]) if shares else "",
        )
        for driver in drivers
        if driver["state"] != "not_applicable"
    ]
    weight = sum((d["weight"] or 0 for d in drivers), Decimal(0))
    scored = summary["score"] is not None
    total = (
        "Total", "", "", "",
        weight_text(weight, shares) if shares else "",
        signed(contributions(drivers)) if scored else "",
        tenth(sum(d["points_lost"] or 0 for d in drivers)) if scored and shares else "",
    )  # fmt: skip
    right = ("Value", "Points", "Weight", "Contribution", "Lost")
    made = table(("Signal", "Value", "State", *right[1:]), rows, right)
    made.add_section()
    made.add_row(*(plain(cell) for cell in total), style="bold")
    return made


def footer_lines(summary, drivers):
    """Whether the contributions sum to the score, and what does not apply."""
    total, score = contributions(drivers), summary["score"]
    if score is None:
        yield "There is no score, so the signals contribute nothing."
    elif total == score:
        yield f"The contributions sum to the score, {exact(score)}."
    else:
        yield f"The contributions sum to {exact(total)}, NOT to the score {exact(score)}."
    absent = sorted(d["signal"] for d in drivers if d["state"] == "not_applicable")
    if absent:
        yield f"Not applicable, because nothing feeds them: {listed(absent)}."


def next_band_lines(summary, drivers):
    """One signal that lifts the account, else the fewest together, else why none does."""
    reason = no_way(summary, drivers)
    if reason:
        return reason
    band, gap = summary["next_band"], summary["points_to_next_band"]
    alone = [d for d in drivers if d["value_for_next_band"] is not None]
    if alone:
        best = min(alone, key=lambda d: (d["points_for_next_band"], d["signal"]))
        return [
            f"{best['title'] or best['signal']}: from {value_text(best)} to "
            f"{value_text(best, reachable_value(best))} lifts the account into {band} "
            f"({tenth(gap)} points are missing)."
        ]
    nothing = [f"{tenth(gap)} points are missing to {band}; no signal alone can give them."]
    if not weights_are_shares(drivers):
        return nothing  # a sum has no hundred to lose points from
    chosen, left = [], gap
    losing = (d for d in drivers if d["points_lost"] is not None and d["points_lost"] > 0)
    for driver in sorted(losing, key=order):
        if left <= 0:
            break
        chosen.append(driver)
        left -= driver["points_lost"]
    if left > 0 or not chosen:
        return nothing
    listing = [f"  {d['title'] or d['signal']}: up to {tenth(d['points_lost'])}" for d in chosen]
    return [
        f"{tenth(gap)} points are missing to {band}, and no signal alone gives them. "
        "Together these can:",
        *listing,
    ]


def reachable_value(driver):
    """The value that lifts the band; of what is counted, the whole number beyond it."""
    value = driver["value_for_next_band"]
    if driver["unit"] not in COUNTED:
        return value
    rounding = ROUND_CEILING if value > driver["value"] else ROUND_FLOOR
    return value.quantize(Decimal(1), rounding)


def no_way(summary, drivers):
    """Sentences when no signal can lift the account into another band, else None."""
    if summary["override_id"] and summary["effective_score"] != summary["capped_score"]:
        return [
            f"The override {summary['override_id']} decides until "
            f"{summary['override_expires_on']}; signals change nothing before it ends."
        ]
    if summary["score"] is None:
        return unmeasured_lines(drivers)
    if summary["capped_score"] != summary["score"]:
        return [
            f"The cap {summary['cap_name']} binds ({cap_fact(summary)}). "
            "Nothing else lifts the account before that changes."
        ]
    if summary["next_band"] is None or summary["points_to_next_band"] is None:
        return [f"None: {summary['band']} is the best band."]
    return None


def unmeasured_lines(drivers, limit=5):
    """The unmeasured signals that would add most coverage."""
    open_ones = [d for d in drivers if d["state"] in ("missing", "stale")]
    if not open_ones:
        return ["Too little applies to this account to score it; feed more of the input tables."]
    open_ones.sort(key=lambda d: (-(d["applicable_weight"] or 0), d["signal"]))
    named = [f"  {d['title'] or d['signal']} ({state_text(d)})" for d in open_ones[:limit]]
    return ["Too little is measured. These would raise the coverage most:", *named]


def contributions(drivers):
    return sum((d["contribution"] or 0 for d in drivers), Decimal(0))


def weights_are_shares(drivers):
    """Whether the weights are fractions of one (weighted average), not free factors (sum)."""
    total = sum((d["weight"] or 0 for d in drivers), Decimal(0))
    return abs(total - 1) < Decimal("0.001")


def value_text(driver, value=None):
    """A value with its unit: '12 days', '83 %', 'yes', '-'."""
    value = driver["value"] if value is None else value
    if value is None:
        return "-"
    if driver["unit"] == SHARE:
        return f"{trimmed(100 * value)} %"
    if driver["unit"] == FLAG and value in (0, 1):
        return ("no", "yes")[int(value)]
    return f"{trimmed(value)} {unit_text(driver['unit'], value)}".strip()


def unit_text(unit, value):
    """The unit as it stands behind a value, in the singular behind 1; empty if it says nothing."""
    unit = unit or ""
    unit = "" if unit in (SHARE, FLAG) or ".." in unit else unit.replace("reporting currency", "")
    if value == 1 and " per " not in unit:
        unit = unit.removesuffix("s")
    return unit.strip()


def state_text(driver):
    """The state; since when a stale one was observed, and how a gap was filled."""
    state = driver["state"]
    if state == "stale" and driver["observed_on"]:
        state = f"stale ({driver['observed_on']})"
    if driver["is_imputed"]:
        state = f"{state}, as {driver['missing_policy']}"
    return state


def trimmed(value):
    """A decimal with at most two places and no idle zeros; small ones keep four."""
    places = 4 if 0 < abs(value) < 1 else 2
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def tenth(value):
    return "" if value is None else f"{value:,.1f}"


def signed(value):
    return "" if value is None else f"{value:+,.2f}"


def exact(value):
    return f"{Decimal(value).quantize(CENT):,f}"


def percent(value):
    return "unknown" if value is None else f"{value * 100:.0f} %"


def weight_text(value, shares):
    if value is None:
        return ""
    return f"{value * 100:.1f} %" if shares else trimmed(value)

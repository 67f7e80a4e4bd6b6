"""Does the score predict? When the backtest is made again, and its verdict in words."""

import hashlib
import json
from decimal import Decimal

from . import history, outcome, terminal
from .exits import FAILED_AUDIT, USAGE, Problem
from .explain import records
from .project import dbt, shown
from .terminal import number, plural, progress, say
from .versions import has_table

# Small, and read by the backtest alone: they are made with it.
READS = ("audited_attributes", "backtest_floors", "settings", "int_settings", "int_backtest_until")
VARS = ("churn_source", "scoring_version")
HORIZON, LEAD = 90, 0  # days: the window of the verdict, as in macros/backtest_windows.sql
AHEAD = (LEAD, "all")  # lead and cohort of what the screen shows
RIVALS = {"tenure": "Tenure", "idle_days": "Idle days", "days_to_renewal": "Renewal"}
MEASURES = {
    "auc": "AUC",
    "lift_10": "lift of the worst 10 %",
    "auc_over_best_rival": "AUC above the best single column",
}


# ------------------------------------------------------------------------------------ made again


def code_of(project):
    """Fingerprint of the models of the backtest, and of the macros and vars that they use."""
    folders = ("models/validation", "models/marts/validation", "macros")
    files = sorted(path for name in folders for path in (project.root / name).glob("*.sql"))
    settings = json.dumps([project.variables.get(name) for name in VARS]).encode()
    return hashlib.sha256(settings + b"".join(path.read_bytes() for path in files)).hexdigest()


def note_of(project):
    return project.build / "validation.json"


def made_of(project):
    """What the backtest in the warehouse was made of; None when there is none of this code."""
    note = note_of(project)
    if not note.exists() or not project.warehouse.exists():
        return None
    found = json.loads(note.read_text(encoding="utf-8"))
    made_here = {"code": code_of(project), "input": history.current_input(project)}
    return found.get("until") if found.items() >= made_here.items() else None


def would_be_made_of(project):
    """What it would be made of now: last judged day, configuration, models, source of churn."""
    import duckdb

    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        if not has_table(connection, "int_backtest_until", "intermediate"):
            return []
        rows = connection.execute("from intermediate.int_backtest_until").fetchall()
    return [[str(cell) for cell in row] for row in rows]


def remember(project):
    note = {
        "code": code_of(project),
        "input": history.current_input(project),
        "until": would_be_made_of(project),
    }
    note_of(project).write_text(json.dumps(note), encoding="utf-8")


def is_due(project):
    """Whether the week, the configuration, or the code has changed since the last backtest."""
    return made_of(project) in (None, []) or made_of(project) != would_be_made_of(project)


def refresh(out, project, variables, target):
    """Make the backtest again; dbt's results."""
    with progress(out, "Comparing scores with what came of them") as update:
        marts = ("int_findings", "findings", "publication")
        arguments = ["build", "--select", *READS, *history.VALIDATION, *marts]
        arguments += ["--exclude", "resource_type:unit_test"]
        done = dbt(project, arguments, variables, target, update=update)
    outcome.check_results(project, done.results)
    remember(project)
    return done.results


# --------------------------------------------------------------------------------------- verdict


def read(file, scorecard=None):
    """What the verdict on a scorecard (default: the primary one) is made of; Problem USAGE."""
    import duckdb

    with duckdb.connect(str(file), read_only=True) as connection:
        cards = dict(
            connection.execute(
                "select scorecard, max(is_primary) from marts.account_scorecards "
                "group by scorecard order by scorecard"
            ).fetchall()
        )
        if scorecard is None:
            scorecard = next((name for name, is_primary in cards.items() if is_primary), "health")
        elif scorecard not in cards:
            raise Problem(
                USAGE, f"There is no scorecard {scorecard}; there are {', '.join(cards)}."
            )
        present = (
            "config_version = (select config_version from marts.publication) "
            f"and scorecard = '{scorecard}'"
        )
        return {
            "scorecard": scorecard,
            "is_primary": cards.get(scorecard, 1),
            "publication": records(connection, "select * from marts.publication")[0],
            "performance": records(
                connection,
                f"select * from marts.scorecard_performance where {present} "
                "and quarter = 'all' and evidence <> 'in_sample' "
                "order by cohort, lead_days, horizon_days, profile, dimension",
            ),
            "bands": records(
                connection,
                f"select * from marts.band_outcomes where {present} and evidence <> 'in_sample' "
                "and band_rank is not null order by horizon_days, band_rank",
            ),
            "signals": records(
                connection,
                "select performance.* from marts.signal_performance as performance "
                f"where horizon_days = {HORIZON} and lead_days = {LEAD} and scorecard_count > 0 "
                "order by signal",
            ),
            "floors": records(
                connection,
                "select * from marts.backtest_floor_verdicts "
                f"where scorecard = '{scorecard}' order by horizon_days, lead_days, measure",
            ),
            "fairness": records(
                connection,
                f"select * from marts.scorecard_fairness where scorecard = '{scorecard}' "
                "order by attribute, audited_group, measure",
            ),
        }


def chosen(facts):
    """(rows of the evidence that counts, the one of the verdict or None)."""
    judged = headline_rows(facts["performance"])
    return judged, main_row(judged)


def sections(facts):
    """[(title, columns or (), rows or sentences)] of the whole verdict."""
    judged, main = chosen(facts)
    found = [("Does the score predict?", (), list(in_words(facts, judged, main)))]
    if main is None:
        return found
    evidence = main["evidence"]
    found.append(ahead_section(judged))
    found.append(
        (
            "For whom (90 days)",
            ("Profile", "Accounts that left", "AUC", "Why not"),
            [
                (row["profile"], row["churned_account_count"], interval(row, "auc"), row["reason"])
                for row in profile_rows(judged)
            ],
        )
    )
    found.append(
        (
            "Dimensions (90 days)",
            ("Dimension", "AUC", "Without it, of those who left"),
            [
                (row["dimension"], interval(row, "auc"), percent(row["unscored_churned_share"]))
                for row in sorted(judged, key=lambda row: -(row["auc"] or 0))
                if row["dimension"] != "*" and row["profile"] == "*" and is_window(row)
            ],
        )
    )
    found.append(band_section(facts["bands"], evidence))
    found.append(signal_section(facts["signals"]))
    found.append(
        (
            "Floors",
            ("Measure", "Floor", "Found", "Verdict"),
            [
                (
                    f"{MEASURES[row['measure']]}, {row['horizon_days']} days",
                    two(row["floor"]), two(row["figure"]),
                    f"{row['verdict']}: {row['explanation']}",
                )
                for row in facts["floors"]
            ],
        )
    )  # fmt: skip
    found.append(fairness_section(facts["fairness"]))
    return found


def on_screen(facts):
    """The sections that fit on one screen: what the verdict rests on, without the whole tables."""
    judged, main = chosen(facts)
    first = sections(facts)[0]
    if main is None:
        return [first]
    carry, mislead, leak, *_ = signal_section(facts["signals"], most=5)[2]
    return [
        first,
        ahead_section([row for row in judged if (row["lead_days"], row["cohort"]) == AHEAD]),
        ("For whom", (), [for_whom(judged)]),
        band_section(facts["bands"], main["evidence"]),
        ("Signals in a score, floors, groups", (), [
            carry,
            mislead,
            *([] if leak.endswith(": none.") else [leak]),
            *missed_floors(facts["floors"]),
            *groups_in_short(facts["fairness"]),
        ]),
    ]  # fmt: skip


def missed_floors(floors):
    """The sentence about floors; none for a scorecard that has none."""
    missed = [
        f"{MEASURES[row['measure']]} {two(row['figure'])}, {two(row['floor'])} is asked for"
        for row in floors
        if row["verdict"] == "missed"
    ]
    if floors:
        yield f"Missed, of {plural(len(floors), 'floor')}: {'; '.join(missed) or 'none'}."


def groups_in_short(fairness):
    """How many groups differ and the first of them; nothing for a scorecard that is not audited."""
    counted, *differing = fairness_section(fairness)[2]
    if fairness:
        yield counted
        yield from differing[:1]
    if len(differing) > 1:
        yield f"and {len(differing) - 1} more"


def ahead_section(judged):
    return (
        "How far ahead",
        ("Days", "After", "Among", "Left", "AUC", *RIVALS.values(), "Lift 10 %"),
        [
            (
                row["horizon_days"], row["lead_days"], row["cohort"],
                row["churned_account_count"], interval(row, "auc"),
                *(two(row[f"{rival}_auc"]) for rival in RIVALS),
                two(row["lift_10"]),
            )
            for row in judged
            if row["dimension"] == "*" and row["profile"] == "*"
        ],
    )  # fmt: skip


def profile_rows(judged):
    return [
        row
        for row in judged
        if row["dimension"] == "*" and row["profile"] != "*" and is_window(row)
    ]


def for_whom(judged):
    """The profiles in one sentence: their AUC, or how few left."""
    rows = profile_rows(judged)
    known = [f"{row['profile']} {interval(row, 'auc')}" for row in rows if row["auc"] is not None]
    unknown = [
        f"{row['profile']} ({row['churned_account_count']} left)"
        for row in rows
        if row["auc"] is None
    ]
    parts = ([", ".join(known)] if known else []) + (
        [f"too few to say: {', '.join(unknown)}"] if unknown else []
    )
    return ("; ".join(parts) or "There are no profiles") + "."


def headline_rows(performance):
    """Rows of days after the configuration came into use; without an AUC there, of those before."""
    for evidence in ("prospective", "retrospective"):
        rows = [row for row in performance if row["evidence"] == evidence]
        if any(row["auc"] is not None for row in rows):
            return rows
    return performance


def is_window(row):
    return (row["horizon_days"], row["lead_days"], row["cohort"]) == (HORIZON, LEAD, "all")


def is_main(row):
    return row["dimension"] == "*" and row["profile"] == "*" and is_window(row)


def main_row(judged):
    """The row of the verdict: all accounts, 90 days, no lead; None without a figure."""
    return next((row for row in judged if is_main(row) and row["auc"] is not None), None)


def in_words(facts, judged, main):
    """The sentences of the verdict."""
    scorecard, publication = facts["scorecard"], facts["publication"]
    if publication["is_synthetic"]:
        yield (
            "These are synthetic demo data: departures were drawn from the same moods as usage and "
            "tickets. The figures prove that the machinery works, and nothing about real customers."
        )
    if main is None:
        row = next((row for row in facts["performance"] if is_main(row)), None)
        why = row["reason"] if row else "no score date lies far enough back"
        yield f"Unknown: {why} (departures within 90 days by {publication_source(facts)})."
        yield "Where the data reach further back: ./health backfill --from DATE --to DATE"
        return
    source = main["churn_source"]
    if main["evidence"] != "prospective":
        yield (
            f"No claim yet: no day after the configuration {publication['config_version']} came "
            "into use lies far enough back. What follows is retrospective: whoever chose the "
            "weights could have known what came of it."
        )
    yield (
        f"{scorecard}, departures within 90 days by {source}: in {percent(main['auc'])} of the "
        f"pairs the account that left had the lower score (AUC {interval(main, 'auc')}; chance is "
        "0.50). "
        f"{number(main['churned_account_count'])} accounts left on "
        f"{plural(main['score_date_count'], 'judged day')}, {main['first_score_date']} to "
        f"{main['last_score_date']}; {percent(main['base_rate'])} of a day's accounts leave."
    )
    if main["auc_low"] > Decimal("0.5"):
        yield "It predicts better than chance."
    elif main["auc_high"] < Decimal("0.5"):
        yield "It is worse than chance: the healthier score leaves more often."
    else:
        yield "It is not shown to predict: the interval holds chance."
    rivals = {
        "tenure": main["tenure_auc"],
        "idle days": main["idle_days_auc"],
        "days to renewal": main["days_to_renewal_auc"],
    }
    better = [name for name, auc in rivals.items() if auc is not None and auc > main["auc_high"]]
    listing = ", ".join(f"{name} {two(auc)}" for name, auc in rivals.items())
    does = "do" if len(better) > 1 else "alone does"
    yield f"Single columns on the same rows: {listing}. " + (
        f"{' and '.join(better).capitalize()} {does} better."
        if better
        else "None of them does better beyond the interval."
    )
    renewal = next(
        (
            row for row in judged
            if row["dimension"] == "*" and row["profile"] == "*" and row["cohort"] == "renewal"
            and row["horizon_days"] == HORIZON and row["lead_days"] == LEAD
        ),
        None,
    )  # fmt: skip
    if renewal is not None and renewal["auc"] is not None:
        yield (
            "Among accounts whose renewal falls into these 90 days, where its date tells nothing: "
            f"{interval(renewal, 'auc')}."
        )
    if main["warned_share_90d"] is not None:
        yield (
            f"{percent(main['warned_share_90d'])} of those who left stood below the healthiest "
            f"band 90 days before, and {percent(main['kept_warned_share_90d'])} of those who "
            "stayed."
        )


def publication_source(facts):
    """What counts as a departure, as the publication has it."""
    return settings_of(facts["publication"])["churn_source"]


def settings_of(publication):
    """The vars under which something was published, by name."""
    return dict(part.split("=", 1) for part in publication["vars_in_force"].split("; "))


def band_section(bands, evidence):
    rows = [row for row in bands if row["evidence"] == evidence and row["horizon_days"] == HORIZON]
    listing, former = [], None
    for row in rows:
        edge = ""
        if former is not None:
            parted = former["churn_rate_low"] > row["churn_rate_high"]
            turned = row["churn_rate_low"] > former["churn_rate_high"]
            edge = (
                "separates"
                if parted
                else "the wrong way round"
                if turned
                else "not shown to separate"
            )
        listing.append(
            (
                row["band"], number(row["account_count"]), number(row["churned_account_count"]),
                interval(row, "churn_rate", percent), two(row["multiple_of_base"]),
                percent(row["expansion_rate"]), edge,
            )
        )  # fmt: skip
        former = row
    columns = (
        "Band",
        "Accounts",
        "Left",
        "Rate in 90 days",
        "x base",
        "Grew",
        "Edge to the one above",
    )
    return ("Bands", columns, listing)


def signal_section(signals, most=8):
    """Signals in a score, by what they say: the strongest that carry, all that mislead."""

    def named(verdict, most=None):
        rows = [row for row in signals if row["verdict"] == verdict]
        rows.sort(key=lambda row: (-(row["auc"] or 0), row["signal"]))
        more = f" and {len(rows) - most} more" if most and len(rows) > most else ""
        return (
            ", ".join(f"{row['signal']} {two(row['auc'])}" for row in rows[:most]) + more or "none"
        )

    groups = {}
    for row in signals:
        groups.setdefault(row["signal_group"], []).append(row["signal"])
    alike = "; ".join(" = ".join(names) for names in groups.values() if len(names) > 1)
    return (
        "Signals in a score (90 days, alone)",
        (),
        [
            f"Carry it: {named('predictive', most)}.",
            f"Mislead (counted as good, predict departure): {named('misleading')}.",
            f"Leak (know the outcome): {named('leaking')}.",
            f"Silent: {named('silent', most)}.",
            f"Say the same: {alike or 'none'}.",
            "A leak that is milder than |AUC - 0.5| > 0.4 is not seen here; only a test that moves "
            "the future rules it out (tests/python/test_point_in_time.py).",
        ],
    )


def fairness_section(fairness):
    tested = [row for row in fairness if row["verdict"] != "unknown"]
    differing = [row for row in tested if row["verdict"] == "differs"]
    lines = [
        f"{plural(len(tested), 'comparison')} of groups could be made, "
        f"{len(differing)} {'differs' if len(differing) == 1 else 'differ'} beyond chance."
    ]
    lines += [
        f"{row['attribute']} {row['audited_group']}: {row['measure']} {two(row['figure'])} against "
        f"{two(row['others_figure'])} of all others (adjusted p {two(row['adjusted_p_value'])})"
        for row in differing
    ]
    return ("Groups (fairness audit)", (), lines)


def two(value):
    return "-" if value is None else f"{value:.2f}"


def percent(value):
    return "-" if value is None else f"{100 * value:.1f} %"


def interval(row, name, shown_as=two):
    if row[name] is None:
        return "-"
    low, high = (shown_as(row[f"{name}_{end}"]) for end in ("low", "high"))
    return f"{shown_as(row[name])} ({low} to {high})"


def check_floors(facts):
    """Problem FAILED_AUDIT for a missed floor whose row says `fail`; nothing is taken back."""
    missed = [
        row for row in facts["floors"] if (row["verdict"], row["on_miss"]) == ("missed", "fail")
    ]
    if missed:
        raise Problem(
            FAILED_AUDIT,
            f"{plural(len(missed), 'floor is', 'floors are')} missed. The scores are published.",
            [
                f"{row['scorecard']}, {row['horizon_days']} days: {MEASURES[row['measure']]} is "
                f"{two(row['figure'])}, at most {two(row['figure_high'])}; "
                f"backtest_floors.csv asks for {two(row['floor'])}."
                for row in missed
            ],
        )


def verdict(out, project, scorecard=None):
    """Print a scorecard's verdict from the published file, and write it whole; check floors."""
    facts = read(project.published, scorecard)
    terminal.print_sections(out, on_screen(facts))
    file = file_of(project, facts)
    file.write_text(terminal.markdown(sections(facts)), encoding="utf-8")
    say(out)
    say(out, f"Whole tables: {shown(file)}")
    say(out, f"Every figure: {shown(project.published)}, schema marts")
    check_floors(facts)


def file_of(project, facts):
    """The Markdown file: a name of its own for any scorecard but the primary one."""
    name = "validation" if facts["is_primary"] else f"validation-{facts['scorecard']}"
    return project.serve / f"{name}.md"

"""Why a score moved: ./health explain ACCOUNT --since DATE, from the published ledger."""

from datetime import date, timedelta
from decimal import Decimal

from .exits import USAGE, Problem
from .explain import exact, signed, tenth, value_text
from .project import shown
from .terminal import heading, say, table

WORDS = {
    "peers": "other accounts moved (medians and percentiles)",
    "profile": "it became another kind of account",
    "configuration": "the configuration changed",
    "cap": "a cap came or went",
    "override": "an override came or went",
}


def read(file, summary, since):
    """(first day, rows, statuses) of the ledger of an account since a day.

    The changes from one score date to the next are added up by part and signal; they sum to
    the whole change exactly. Starts at the newest score date at or before `since`. Problem
    USAGE when the history does not reach back so far.
    """
    import duckdb

    account, scorecard, last = (summary[name] for name in ("account_id", "scorecard", "score_date"))
    with duckdb.connect(str(file), read_only=True) as connection:
        first = connection.execute(
            "select max(score_date) from marts.account_health_history "
            "where account_id = ? and scorecard = ? and is_as_published = 1 "
            "and score_date <= cast(? as date)",
            [account, scorecard, since],
        ).fetchone()[0]
        if first is None:
            # Weeks are counted back from the last day: six days more hold one of them.
            start = date.fromisoformat(since) - timedelta(days=6)
            raise Problem(
                USAGE,
                f"The history of {account} in {shown(file)} does not reach back to {since}. "
                f"Fill it: ./health backfill --from {start} --to {last}",
            )
        cursor = connection.execute(
            "select part, signal, max(title) as title, max(unit) as unit, sum(points) as points, "
            "arg_min_null(value_before, score_date) as value_before, "
            "arg_max_null(value_after, score_date) as value_after, "
            "arg_min_null(state_before, score_date) as state_before, "
            "arg_max_null(state_after, score_date) as state_after, "
            "string_agg(distinct case when part = 'status' then status end, ', ') as status "
            "from marts.account_health_changes where account_id = ? and scorecard = ? "
            "and compared_with = 'previous' and score_date > ? and score_date <= ? "
            "group by part, signal",
            [account, scorecard, first, last],
        )
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        before = connection.execute(
            "select effective_score, profile, plan from marts.account_health_history "
            "where account_id = ? and scorecard = ? and score_date = ? and is_as_published = 1",
            [account, scorecard, first],
        ).fetchone()
        after = connection.execute(
            "select profile, plan from marts.account_health_history "
            "where account_id = ? and scorecard = ? and score_date = ? and is_as_published = 1",
            [account, scorecard, last],
        ).fetchone()
    return first, rows, before, after


def render(out, summary, first, rows, before, after):
    """Print the change as a waterfall: the former score, every part, the score now."""
    former, now = before[0], summary["effective_score"]
    heading(out, f"{summary['account_name'] or summary['account_id']}, {summary['scorecard']}")
    statuses = [row["status"] for row in rows if row["part"] == "status"]
    parts = sorted(
        (row for row in rows if row["part"] != "status" and row["points"]),
        key=lambda row: (-abs(row["points"]), row["part"], row["signal"]),
    )
    total = sum((row["points"] for row in parts), Decimal(0))
    if former is None or now is None or statuses:
        say(
            out, f"Between {first} and {summary['score_date']}: {', '.join(statuses) or 'unknown'}."
        )
        say(out, "A change to or from no score has no parts.")
    if former is None or now is None:
        return
    change = now - former
    verb = "unchanged" if not change else f"{'up' if change > 0 else 'down'} {tenth(abs(change))}"
    sentence = ", ".join(map(in_words, parts[:3]))
    say(out, f"{verb} since {first}: {sentence}" if parts else f"{verb} since {first}")
    for text, one, two in (("profile", before[1], after[0]), ("plan", before[2], after[1])):
        if one != two:
            say(out, f"Its {text} changed from {one} to {two}.")
    lines = [(f"Score on {first}", "", exact(former))]
    lines += [(name_of(row), what(row), signed(row["points"])) for row in parts]
    lines.append((f"Score on {summary['score_date']}", "", exact(now)))
    out.print(table(("Part", "From and to", "Points"), lines))
    if total == change:
        say(out, f"The parts sum to the change, {signed(change)}.")
    elif not statuses:
        say(out, f"The parts sum to {exact(total)}, NOT to the change {exact(change)}.")


def in_words(row):
    """'Active days in 28 days -9.1 (18 days to 6 days)'."""
    ends = f" ({what(row)})" if row["part"] == "behaviour" else ""
    return f"{name_of(row)} {signed(row['points'])}{ends}"


def name_of(row):
    if row["part"] == "behaviour":
        return row["title"] or row["signal"]
    if row["part"] == "coverage":
        return f"{row['title'] or row['signal']} ({row['state_before']} to {row['state_after']})"
    return WORDS[row["part"]]


def what(row):
    if row["part"] not in ("behaviour", "coverage"):
        return ""
    ends = ({**row, "value": row["value_before"]}, {**row, "value": row["value_after"]})
    return " to ".join(value_text(end) for end in ends)

"""The verb status: what readers have, how fresh it is, how the last runs ended, what is due."""

import json
import sys
from datetime import datetime, timedelta, timezone

from . import publish, rollback, runs
from .exits import UNWELL, Problem
from .project import shown
from .terminal import heading, number, plural, say, table

# A day is complete once rows of the next one have come: with nightly loads two days after it.
READY_AFTER = 2
BAD = ("failed", "crashed", "interrupted", "killed")


def status(out, project, as_json=False, late_after=None, shown_runs=5):
    """Say how things stand; raises the Problem UNWELL where somebody should look.

    That is when nothing is published, when the last run did not end well, and, with
    `late_after` (days), when the next score date is due for longer than that.
    """
    today = datetime.now(timezone.utc).date()
    found = facts(project, today, late_after, shown_runs)
    if as_json:
        json.dump(found, sys.stdout, indent=2, default=str)
        sys.stdout.write("\n")
    else:
        render(out, project, found)
    if found["attention"]:
        raise Problem(UNWELL, "Somebody should look at this.", found["attention"])


def facts(project, today, late_after=None, shown_runs=5):
    """All that status knows, as JSON has it but for dates; reads only what is beside readers."""
    newest = runs.latest(project, max(shown_runs, 1))
    current = sources = None
    version = publish.current_version(project.serve)
    if version is not None:
        row = rollback.publication_of(project, version)
        names = ("version", "score_date", "published_at", "config_version", "account_count")
        current = {name: row.get(name) for name in names}
        sources = freshness(project, row["score_date"])
    due = next_due(current["score_date"], today) if current else None
    return {
        "current": current,
        "next_due": due,
        "is_at_work": bool(newest) and newest[0]["outcome"] == "at work",
        "last_run": newest[0] if newest else None,
        "sources": sources,
        "runs": newest[:shown_runs],
        "attention": attention(current, due, newest, late_after),
    }


def next_due(score_date, today):
    """The next score date, the day from which its data can be complete, and days since that."""
    due_on = score_date + timedelta(days=1 + READY_AFTER)
    return {
        "score_date": score_date + timedelta(days=1),
        "due_on": due_on,
        "days_late": max(0, (today - due_on).days),
    }


def freshness(project, score_date):
    """Per delivered table and connector its newest day, and how far behind the score date it is."""
    import duckdb

    with duckdb.connect(str(project.published), read_only=True) as connection:
        cursor = connection.execute(
            "select * from marts.input_rows where raw_rows > 0 order by table_name, connector"
        )
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [
        {
            "table_name": row["table_name"],
            "connector": row["connector"],
            "newest_on": row.get("newest_on"),
            "days_behind": days_between(row.get("newest_on"), score_date),
            "raw_rows": row["raw_rows"],
            "rejected_rows": row["rejected_rows"],
        }
        for row in rows
    ]


def days_between(newest_on, score_date):
    """Days from the newest one to the score date, 0 when it reaches it; None without one."""
    return None if newest_on is None else max(0, (score_date - newest_on).days)


def attention(current, due, newest, late_after):
    """Sentences about what somebody should look at."""
    found = []
    if current is None:
        found.append("Nothing is published yet. First: ./health run")
    past = [run for run in newest if run["outcome"] != "at work" and run["verb"] != "rollback"]
    if past and past[0]["outcome"] in BAD:
        found.append(f"The last run {ended(past[0])}. {past[0]['message'] or ''}".rstrip())
    if due and late_after is not None and due["days_late"] > late_after:
        found.append(
            f"The scores of {due['score_date']} are due since {due['due_on']}, "
            f"{plural(due['days_late'], 'day')} ago. Does the scheduler run, and do new data come?"
        )
    return found


def ended(run):
    """'failed with exit code 5', 'was killed', 'done'."""
    if run["outcome"] in ("killed", "interrupted"):
        return f"was {run['outcome']}"
    if run["outcome"] in BAD:
        return f"{run['outcome']} with exit code {run['exit_code']}"
    return run["outcome"]


def render(out, project, found):
    current, due = found["current"], found["next_due"]
    if current:
        heading(out, "Published")
        say(out, f"{shown(project.published)}: scores of {current['score_date']}, "
                 f"{plural(current['account_count'], 'account')}")  # fmt: skip
        when = f", published {current['published_at']} UTC" if current["published_at"] else ""
        say(out, f"version {current['version']}{when}")
        late = f" ({plural(due['days_late'], 'day')} ago)" if due["days_late"] else ""
        say(out, f"next: scores of {due['score_date']}, due from {due['due_on']} on{late}")
        heading(out, "Sources")
        out.print(source_table(found["sources"]))
    heading(out, "Last runs")
    out.print(run_table(found["runs"]) if found["runs"] else "none")


def source_table(sources):
    titles = ("Table", "Connector", "Newest", "Days behind", "Rows", "Rejected")
    cells = [
        (
            row["table_name"],
            row["connector"],
            row["newest_on"],
            row["days_behind"],
            number(row["raw_rows"]),
            number(row["rejected_rows"]),
        )
        for row in sources
    ]
    return table(titles, cells, titles[3:])


def run_table(rows):
    cells = [
        (row["started_at"][:19], row["verb"], ended(row), row["version"], row["message"])
        for row in rows
    ]
    return table(("Began (UTC)", "Verb", "Ended", "Published", "Said"), cells)

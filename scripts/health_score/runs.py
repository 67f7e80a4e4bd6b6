"""The table of runs: which began when, and how each of them ended.

A SQLite file beside the publication. A run is written down before it does anything, so one
that was killed is known at the next start, which finds a row without an end.
"""

import sqlite3
from contextlib import contextmanager

from . import publish
from .exits import CRASH, INTERRUPTED, OK, Problem
from .ledger import now
from .project import is_held, one_at_a_time, shown
from .terminal import say

FILE = "runs.sqlite"
KEPT = 1000
TABLE = """
create table if not exists runs (
    run_id integer primary key,
    verb text not null,
    started_at text not null,  -- UTC
    ended_at text,             -- of a killed run: when the next one found it
    outcome text not null
        check (outcome in ('at work', 'done', 'failed', 'crashed', 'interrupted', 'killed')),
    exit_code integer,         -- NULL while at work, and when killed
    message text,              -- what was said of a failure
    version text               -- what this run published last, NULL when nothing
)
"""
COLUMNS = (
    "run_id", "verb", "started_at", "ended_at", "outcome", "exit_code", "message", "version",
)  # fmt: skip


@contextmanager
def writing(out, project, verb):
    """Be the one writer: hold the locks, remove what a killed run left, note how this one ends."""
    with (
        one_at_a_time(project.build, "run"),
        one_at_a_time(project.serve, "run"),
        recorded(project, verb),
    ):
        if publish.clean_up(project.serve) + project.clean_up():
            say(out, "Removed what an interrupted run had left behind.")
        yield


@contextmanager
def recorded(project, verb):
    """Write down that a run began, and how it ended; whatever ended it goes on."""
    before = publish.current_version(project.serve)
    with connected(project) as connection:
        connection.execute(TABLE)
        connection.execute(
            "update runs set outcome = 'killed', ended_at = ? where outcome = 'at work'", (now(),)
        )
        connection.execute(
            "delete from runs where run_id <= (select max(run_id) from runs) - ?", (KEPT - 1,)
        )
        run_id = connection.execute(
            "insert into runs (verb, started_at, outcome) values (?, ?, 'at work')", (verb, now())
        ).lastrowid
    code, outcome, message = CRASH, "crashed", None
    try:
        yield
        code, outcome = OK, "done"
    except Problem as problem:
        code, outcome, message = problem.code, "failed", problem.sentence
        raise
    except KeyboardInterrupt:
        code, outcome = INTERRUPTED, "interrupted"
        raise
    except BaseException as error:
        message = type(error).__name__  # its text may hold data, which readers are not to see
        raise
    finally:
        after = publish.current_version(project.serve)
        with connected(project) as connection:
            connection.execute(
                "update runs set ended_at = ?, outcome = ?, exit_code = ?, message = ?, "
                "version = ? where run_id = ?",
                (now(), outcome, code, message, after if after != before else None, run_id),
            )


@contextmanager
def connected(project):
    """A connection to the file; what it did is committed and flushed to the disk at the end."""
    file = project.serve / FILE
    try:
        connection = sqlite3.connect(file, timeout=20)
        try:
            connection.execute("pragma synchronous = extra")
            with connection:
                yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise Problem(
            CRASH,
            f"The table of runs {shown(file)} cannot be used: {error}.",
            ["Move it away and run this again; only the list of past runs is lost."],
        ) from None


def latest(project, count):
    """The newest runs, newest first, as dicts of COLUMNS; reads only.

    A run that did not say how it ended is at work, or, when nobody holds the lock, was killed.
    """
    if not (project.serve / FILE).exists():
        return []
    with connected(project) as connection:
        rows = connection.execute(
            f"select {', '.join(COLUMNS)} from runs order by run_id desc limit ?", (count,)
        ).fetchall()
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    if found and found[0]["outcome"] == "at work" and not is_held(project.serve):
        found[0]["outcome"] = "killed"
    return found

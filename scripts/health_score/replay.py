"""A day under another configuration, and what a change of configuration would do."""

import functools
import shutil
from dataclasses import replace
from pathlib import Path

from . import config_check, history, outcome, terminal
from .exits import USAGE, Problem
from .project import dbt, one_at_a_time, shown
from .terminal import heading, number, plural, progress, say, table
from .versions import configured

MOVERS = 10


def replay(out, project, config, as_of=None):
    """Score `as_of` (ISO text; default: the newest day of the history) under `config`.

    The result is in build/replay/warehouse.duckdb, schema marts; nothing published changes.
    """
    with one_at_a_time(project.build, "run"):
        file = scored(out, project, config, day_of(project, as_of), "replay")
    rows = query(
        file,
        "select band, count(*), round(avg(effective_score), 1) from marts.account_health "
        "group by band order by 3 desc nulls last",
    )
    day, version = query(file, "select score_date, config_version from marts.publication")[0]
    heading(out, f"Scores of {day} under the configuration {version}")
    listing = [
        (band, number(count), mean if mean is not None else "-") for band, count, mean in rows
    ]
    out.print(table(("Band", "Accounts", "Mean score"), listing))
    say(out, f"All of it: {shown(file)}, schema marts. Nothing published was changed.")


def day_of(project, as_of):
    days = history.completed(project.warehouse)
    if not days:
        raise Problem(USAGE, "There is no run to start from yet. First: ./health run")
    return as_of or max(days)


def scored(out, project, config, day, name):
    """Score a day under a configuration in a private copy of the warehouse; its file."""
    text = f"Scoring {day} under {config or 'the seeds'}"
    scratch = private_copy(project, name)
    with configured(project, config) as other:
        score_privately(
            out, other, scratch, [day], text, [*history.NO_STAGING, *history.VALIDATION]
        )
    return scratch.warehouse


def private_copy(project, name):
    """The project with a copy of its warehouse in a build folder of its own."""
    scratch = replace(project, build=project.build / name)
    scratch.build.mkdir(parents=True, exist_ok=True)
    for suffix in ("", ".wal"):  # what a killed run has written is in the second file
        source, copy = (Path(f"{file}{suffix}") for file in (project.warehouse, scratch.warehouse))
        copy.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, copy)
    history.remember_input(scratch, history.last_input(project))
    return scratch


def score_privately(out, other, scratch, days, text, arguments):
    """One dbt build over `days` of a project as configured(), in a private_copy()."""
    config_check.check_config(other.root)
    private = replace(other, build=scratch.build)
    with history.asked(days), progress(out, text) as update:
        variables = history.last_input(scratch)
        done = dbt(private, ["build", *arguments], variables, None, update=update)
    outcome.check_results(private, done.results, build=scratch.build)


def query(file, sql):
    import duckdb

    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def compare(out, project, config, base=None, as_of=None, scorecard=None, markdown=None):
    """Print what `config` would change against `base` (default: the seeds as they are).

    The changed rows of the seeds, every scorecard in a line, and for one (default: the primary)
    movers, changes of band, by profile, and the revenue affected; `markdown` is a file for a
    pull request.
    """
    with one_at_a_time(project.build, "run"):
        day = day_of(project, as_of)
        former = scored(out, project, base, day, "compare/base")
        proposed = scored(out, project, config, day, "compare/proposed")
    title = f"{config} against {base or 'the seeds as they are'}, on {day}"
    sections = report(former, proposed, title, scorecard)
    terminal.print_sections(out, sections)
    if markdown:
        markdown.write_text(terminal.markdown(sections), encoding="utf-8")
        say(out, f"As Markdown: {shown(markdown)}")


def report(former, proposed, title, scorecard=None):
    """[(title, columns or (), rows)] of what the proposal changes; the files are scored()."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"attach '{former}' as former (read_only)")
        connection.execute(f"attach '{proposed}' as proposed (read_only)")
        connection.execute(MOVED)
        query = functools.partial(rows_of, connection)
        known = [name for (name,) in query("select distinct scorecard from moved order by 1")]
        ((primary,),) = query("select min(scorecard) from moved where is_primary = 1")
        scorecard = scorecard or primary
        if scorecard not in known:
            raise Problem(USAGE, f"No scorecard {scorecard}; there are {', '.join(known)}.")
        connection.execute(f"create view shown as from moved where scorecard = '{scorecard}'")
        ((total, moved, rebanded, revenue, _),) = query(SUMMARY.format("shown", "scorecard"))
        bands = query(
            "select band_before, band_after, count(*), sum(mrr) from shown "
            "where band_before <> band_after group by 1, 2 order by 3 desc, 1, 2"
        )
        profiles = query(
            "select profile, count(*), round(avg(change), 2), round(min(change), 2), "
            "round(max(change), 2) from shown group by 1 order by 1"
        )
        movers = {
            direction: query(
                "select coalesce(account_name, account_id), profile, round(before, 1), "
                "round(after, 1), round(change, 1), band_before, band_after, mrr from shown "
                f"where change {sign} 0 order by change {order}, account_id limit {MOVERS}"
            )
            for direction, sign, order in (("up", ">", "desc"), ("down", "<", "asc"))
        }
        scorecards = query(SUMMARY.format("moved", "scorecard") + " order by scorecard")
        seeds = changed_rows(connection)
    summary = [
        f"Scorecard {scorecard}: {number(moved)} of {plural(total, 'account')} move, "
        f"{number(rebanded)} into another band.",
        f"Recurring revenue of those that change their band: {money(revenue)} a month.",
    ]
    if not moved:
        summary.append("The two configurations score every account the same.")
    columns = ("Account", "Profile", "Before", "After", "Change", "Band", "New band", "Revenue")
    return [
        (title, (), summary),
        ("Changed rows of the seeds", ("Seed", "", "Row"), seeds),
        (
            "Scorecards",
            ("Scorecard", "Accounts that move", "Into another band", "Revenue a month"),
            [(name, number(n), number(m), money(r)) for _, n, m, r, name in scorecards],
        ),
        (
            "Changes of band",
            ("From", "To", "Accounts", "Revenue a month"),
            [(a, b, number(n), money(m)) for a, b, n, m in bands],
        ),
        (
            "By profile",
            ("Profile", "Accounts", "Mean change", "Least", "Most"),
            [tuple(map(str, row)) for row in profiles],
        ),
        *(
            (f"Movers {direction}", columns, [(*map(str, row[:7]), money(row[7])) for row in rows])
            for direction, rows in movers.items()
        ),
    ]


def rows_of(connection, sql):
    return connection.execute(sql).fetchall()


def changed_rows(connection):
    """[(seed, - or +, cells)]: rows that only one of the two configurations has, prose aside."""
    query = functools.partial(rows_of, connection)
    changes = []
    for (seed,) in query(
        "select distinct table_name from duckdb_tables() where database_name = 'former' "
        "and schema_name = 'config' order by 1"
    ):
        columns = ", ".join(
            name for (name,) in query(
                "select column_name from duckdb_columns() where database_name = 'former' "
                f"and schema_name = 'config' and table_name = '{seed}' "
                f"and column_name not in {PROSE} order by column_index"
            )
        )  # fmt: skip
        for sign, one, other in (("-", "former", "proposed"), ("+", "proposed", "former")):
            found = query(
                f"select {columns} from {one}.config.{seed} "
                f"except select {columns} from {other}.config.{seed} order by all"
            )
            changes += [(seed, sign, ", ".join(map(cell_text, row))) for row in found]
    return changes


def cell_text(cell):
    text = "" if cell is None else str(cell)
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "").isdigit() else text


MOVED = """
create table moved as
select
    scorecard,
    coalesce(former.is_primary, proposed.is_primary) as is_primary,
    account_id,
    accounts.account_name,
    coalesce(proposed.profile, former.profile) as profile,
    former.effective_score as before,
    proposed.effective_score as after,
    coalesce(proposed.effective_score - former.effective_score, 0) as change,
    coalesce(former.band, 'none') as band_before,
    coalesce(proposed.band, 'none') as band_after,
    accounts.mrr
from former.marts.account_scorecards as former
full outer join proposed.marts.account_scorecards as proposed using (account_id, scorecard)
left join former.marts.account_health as accounts using (account_id)
"""
SUMMARY = """
select
    count(*),
    count(*) filter (change <> 0),
    count(*) filter (band_before <> band_after),
    sum(mrr) filter (band_before <> band_after),
    {1}
from {0} group by {1}
"""
PROSE = ("reason", "reviewed_on", "definition", "why_it_matters", "low_value_means")


def money(value):
    return "-" if value is None else f"{value:,.0f}"

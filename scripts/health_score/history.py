"""Which days are scored, and the runs that score them: nightly, backfill, another configuration."""

import json
import os
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from . import outcome
from .exits import USAGE, Problem
from .project import dbt
from .terminal import plural, progress, say
from .versions import configured, has_table

# What a pass over other days or another configuration needs not do again.
NO_STAGING = ("--exclude", "path:models/staging", "resource_type:unit_test")
# Findings read the validation models too.
NO_MARTS = ("path:models/marts", "path:models/validation", "path:models/alerts", "int_findings")
VALIDATION = ("path:models/validation", "path:models/marts/validation")
DATES_AT_ONCE = 13


@contextmanager
def environment(**values):
    """Set variables of the environment for a while; None removes one."""
    before = {name: os.environ.get(name) for name in values}
    try:
        for name, value in values.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def asked(dates, compare_only=False):
    """The environment that asks dbt for these dates (none: those that are due)."""
    return environment(
        HEALTH_SCORE_DATES=",".join(sorted(dates)) or None,
        HEALTH_RESCORE_ONLY="1" if compare_only else None,
    )


def score(out, project, variables, target, text, dates=(), arguments=None, compare_only=False):
    """One dbt build over these dates; its results, or a Problem."""
    with asked(dates, compare_only), progress(out, text) as update:
        done = dbt(project, ["build", *(arguments or NO_STAGING)], variables, target, update=update)
    outcome.check_results(project, done.results)
    return done


def unsplit(warehouse):
    """Configuration -> days still to be scored under it, so that changes can be split."""
    import duckdb

    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select distinct pairs.from_config_version, cast(pairs.score_date as varchar) "
            "from history.history_pairs as pairs "
            "left join history.history_dates as dates on dates.score_date = pairs.score_date "
            "and dates.config_version = pairs.from_config_version "
            "where pairs.is_split = 0 and dates.score_date is null "
            "and pairs.from_config_version in "
            "(select config_version from history.history_config_cells) order by 1, 2"
        ).fetchall()
    missing = {}
    for version, day in rows:
        missing.setdefault(version, []).append(day)
    return missing


def split_changes(out, project, variables, target, marts):
    """Score days also under the configuration of the day that they are compared with.

    Without it a change across two configurations could not be told apart into behaviour and
    configuration. Returns the results of the last pass, or None when nothing was missing.
    """
    missing = unsplit(project.warehouse)
    if not missing:
        return None
    for version, days in missing.items():
        with configured(project, version) as other:
            score(
                out, other, variables, target,
                f"Scoring {plural(len(days), 'day')} under the former configuration {version}",
                days, [*NO_STAGING, *NO_MARTS, "int_change_pairs+"], compare_only=True,
            )  # fmt: skip
    arguments = [*NO_STAGING, *(VALIDATION if marts else NO_MARTS)]
    every = sorted({day for days in missing.values() for day in days})
    return score(
        out,
        project,
        variables,
        target,
        "Splitting changes between configurations",
        every,
        arguments,
    )


def completed(warehouse):
    """Days of the history as they were published: ISO day -> (config_version, scoring_version)."""
    import duckdb

    if not warehouse.exists():
        return {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        if not has_table(connection, "history_completed"):
            return {}
        rows = connection.execute(
            "select cast(score_date as varchar), config_version, scoring_version "
            "from history.history_completed where is_due = 1 order by 1"
        ).fetchall()
    return {day: (config, scoring) for day, config, scoring in rows}


def uses(warehouse):
    """Configurations as they were in force: ISO day -> config_version; outlives the history."""
    import duckdb

    if not warehouse.exists():
        return {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        if not has_table(connection, "history_uses"):
            return {}
        return dict(
            connection.execute(
                "select cast(score_date as varchar), config_version from history.history_uses"
            ).fetchall()
        )


def in_force(used, day):
    """The configuration in force on a day: that of the last day used before it, else the first."""
    before = [known for known in used if known <= day]
    known = max(before) if before else min(used, default=None)
    return used[known] if known else None


def calendar(first, last, every):
    """ISO days from `first` to `last`: each day, each week back from `last`, or month ends."""
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    if first > last:
        raise Problem(USAGE, f"--from {first} lies after --to {last}.")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if every == "week":
        days = [day for day in days if (last - day).days % 7 == 0]
    elif every == "month":
        days = [day for day in days if (day + timedelta(days=1)).day == 1 or day == last]
    return [day.isoformat() for day in days]


def chunks(days, done, used, scoring_version, again, size=DATES_AT_ONCE):
    """(configuration or None for the present one, days) of each pass of a backfill."""
    passes = []
    for day in days:
        version = in_force(used, day)
        if not again and day in done and done[day] == (version, scoring_version):
            continue
        if not passes or passes[-1][0] != version or len(passes[-1][1]) == size:
            passes.append((version, []))
        passes[-1][1].append(day)
    return passes


def backfill(out, project, variables, target, first, last, every, again=False):
    """Score past days that are not done yet; returns how many were.

    Each day is scored under the configuration that was in force on it, as its own history has
    it. Days are done a few at a time, and those that are done are not done again, so a
    backfill that was stopped goes on where it was.
    """
    days = calendar(first, last, every)
    done = completed(project.warehouse)
    current = present_version(project, variables, target, out)
    scoring = str(project.variables.get("scoring_version"))
    passes = chunks(days, done, uses(project.warehouse), scoring, again)
    total = sum(len(part) for _, part in passes)
    if not total:
        return 0
    say(out, f"{plural(total, 'day')} to score, {plural(len(days) - total, 'day')} done already.")
    finished = 0
    for version, part in passes:
        config = None if version in (None, current) else version
        text = f"Scoring {part[0]} to {part[-1]} ({finished + len(part)} of {total})"
        with configured(project, config) as other:
            arguments = [*NO_STAGING, *NO_MARTS]
            score(out, other, variables, target, text, part, arguments)
            split_changes(out, other, variables, target, marts=False)
        finished += len(part)
    return total


def present_version(project, variables, target, out):
    """Stage the input once, and the fingerprint of the seeds as they are."""
    import duckdb

    with progress(out, "Reading the input") as update:
        select = ["path:models/staging", "+int_input_days", "+int_config_version"]
        arguments = ["--select", *select, "--indirect-selection", "cautious"]
        unit_tests = ["--exclude-resource-type", "unit_test"]
        done = dbt(project, ["build", *arguments, *unit_tests], variables, target, update=update)
    outcome.check_results(project, done.results)
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        return connection.execute(
            "select config_version from intermediate.int_config_version"
        ).fetchone()[0]


def current_input(project):
    """The identity of the input that the private file is of; None before the first run."""
    note = project.build / "input.txt"
    return note.read_text(encoding="utf-8") if note.exists() else None


def keep_apart(project, identity):
    """Give each input its own private file, so that histories of two companies never mix.

    The file of another input is put aside as warehouse-<n>.duckdb and taken back when that
    input comes again.
    """
    current = current_input(project)
    if current == identity:
        return
    project.build.mkdir(parents=True, exist_ok=True)
    names = sorted(project.build.glob("input-*.txt"))
    parked = {path.read_text(encoding="utf-8"): path for path in names}
    if current is not None and project.warehouse.exists():
        number = 1 + max((int(path.stem.removeprefix("input-")) for path in names), default=0)
        project.warehouse.rename(project.build / f"warehouse-{number}.duckdb")
        (project.build / f"input-{number}.txt").write_text(current, encoding="utf-8")
    (project.build / "input.txt").write_text(identity, encoding="utf-8")
    if identity in parked:
        number = parked[identity].stem.removeprefix("input-")
        file = project.build / f"warehouse-{number}.duckdb"
        if file.exists() and not project.warehouse.exists():
            file.rename(project.warehouse)
        parked[identity].unlink()


def remember_input(project, variables):
    """Note the dbt vars that name the input beside the file that is built from it."""
    note = project.build / "input.json"
    note.write_text(json.dumps(variables, sort_keys=True), encoding="utf-8")


def last_input(project):
    """The dbt vars of the last run's input; none where plain dbt built the file."""
    note = project.build / "input.json"
    return json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}


def identity_of(variables, project):
    """What tells one input from another: its folder and connectors, or the schema of its tables."""
    folder = variables.get("input_dir", project.variables.get("input_dir"))
    connectors = "+".join(sorted(variables.get("inputs", project.variables["inputs"])))
    place = str((project.root / folder).resolve()) if folder else project.variables["raw_schema"]
    return f"{connectors} {place}\n" if folder else f"{connectors} schema {Path(place)}\n"

"""The verbs run and check: config, input, dbt, audit, publication, in that order."""

import os
import time
from pathlib import Path

import yaml

from . import config_check, history, inputs, outcome, publish, runs, summary, validation
from .exits import USAGE, Problem
from .project import check_target, dbt, one_at_a_time, shown
from .terminal import heading, number, plural, progress, say, seconds, table

DEMO = "data/demo"
SYNTHETIC_NOTE = (
    "These tables were made by `./health demo`. They prove that the machinery works, and nothing\n"
    "about real customers: departures were drawn from the same moods as everything else.\n"
)


def run(out, project, folder=None, connector=None, as_of=None, target=None):
    """Build, audit and publish; print the summary; once a week judge the scores, and publish that.

    `folder` and `connector` name the input (default: the var input_dir), `as_of` the day
    as ISO text (default: the last complete day). Raises Problem; then nothing was published,
    unless it says so.
    """
    check_target(project, target)
    with runs.writing(out, project, "run"):
        try:
            variables = prepare(out, project, folder, connector)
            durations, results, published = build(out, project, variables, as_of, target)
        except Problem as problem:
            kept = publish.current_version(project.serve)
            readers = f"; readers still have the version {kept}" if kept else ""
            problem.details += ["", f"Nothing was published{readers}."]
            raise
        facts = summary.gather(published.file)
        asked_for = as_of or project.variables.get("as_of")
        summary.render(out, project, facts, asked_for, results, durations)
        judge(out, project, variables, target)
        validation.check_floors(validation.read(project.published))


def judge(out, project, variables, target):
    """Compare the scores with what came of them where a week has passed, and publish that."""
    if validation.is_due(project):
        try:
            validation.refresh(out, project, variables, target)
        except Problem as problem:
            problem.details += ["", "The scores are published, with the backtest of before."]
            raise
        publication(out, project, [], time.monotonic())


def validate(out, project, scorecard=None, target=None):
    """Say whether a scorecard (default: the primary one) predicts; judge first where it is due."""
    check_target(project, target)
    if not project.published.exists():
        raise Problem(USAGE, "Nothing is published yet. First: ./health run")
    with runs.writing(out, project, "validate"):
        if project.warehouse.exists():
            judge(out, project, history.last_input(project), target)
        validation.verdict(out, project, scorecard)


def build(out, project, variables, as_of, target):
    """(durations, dbt's results, Published) of one whole run."""
    before = history.completed(project.warehouse)
    begun = time.monotonic()
    # Unit tests prove the models, not the data: ./health test runs them.
    is_new = validation.made_of(project) is None
    done = history.score(
        out, project, variables, target, "Building and auditing", [as_of] if as_of else [],
        ["--exclude", "resource_type:unit_test", *(() if is_new else history.VALIDATION)],
    )  # fmt: skip
    if is_new:
        validation.remember(project)
    tell_warnings(out, done.warnings)
    outcome.check_somebody(project.warehouse)
    results = done.results
    again = history.split_changes(out, project, variables, target, marts=True)
    if again is not None:
        results = again.results
    tell_days(out, before, history.completed(project.warehouse))
    return publication(out, project, results, begun)


def prepare(out, project, folder, connector):
    """Check the config seeds and the input; the dbt vars that name the input."""
    config_check.check_config(project.root)
    variables = input_variables(out, project, folder, connector)
    history.keep_apart(project, history.identity_of(variables, project))
    history.remember_input(project, variables)
    return variables


def tell_days(out, before, after):
    """Which days a run added to the history, or that it had nothing new."""
    new = sorted(set(after) - set(before))
    changed = sorted(day for day in before if day in after and after[day] != before[day])
    if new:
        span = new[0] if len(new) == 1 else f"{new[0]} to {new[-1]}, {plural(len(new), 'day')}"
        say(out, f"New in the history: {span}.")
    elif changed:
        say(out, f"Scored again under another configuration or model: {', '.join(changed)}.")
    else:
        say(out, "Nothing new: every day in the data was scored before; the scores are the same.")


def publication(out, project, results, begun):
    """Publish what a run built; (durations, dbt's results, Published)."""
    built = time.monotonic()
    with progress(out, "Publishing"):
        marts = [path.stem for path in (project.root / "models/marts").rglob("*.sql")]
        published = publish.publish(project.warehouse, project.serve, marts, project.keep)
    durations = {"build": built - begun, "publish": time.monotonic() - built}
    return durations, results, published


def backfill(
    out, project, first, last, every, folder=None, connector=None, target=None, rebuild=False
):
    """Score past days (ISO text, inclusive) that are not done yet, or all of them; then publish."""
    check_target(project, target)
    with runs.writing(out, project, "backfill"):
        variables = prepare(out, project, folder, connector)
        begun = time.monotonic()
        try:
            count = history.backfill(
                out, project, variables, target, first, last, every, again=rebuild
            )
        except (Problem, KeyboardInterrupt):
            say(out, "The days that were finished stay; the same command goes on with the rest.")
            raise
        done = history.completed(project.warehouse)
        if not count and set(done) <= publish.days(project.published):
            say(out, "Nothing to do: every one of these days is in the history already.")
            return
        newest = max(done)
        done = history.score(
            out, project, variables, target, "Building the marts", [newest], history.NO_STAGING
        )
        durations, _, published = publication(out, project, done.results, begun)
        say(
            out,
            f"{plural(count, 'day')} added in {seconds(durations['build'])}. "
            f"Published: {shown(published.file)}",
        )


def tell_warnings(out, warnings):
    for text in warnings[:5]:
        say(out, f"dbt warns: {' '.join(text.split())}", style="yellow")


def input_variables(out, project, folder, connector):
    """The dbt vars that name the input, after telling what it feeds.

    The default folder is made (demo data) when it is the demo's and absent. Without
    files (var input_dir empty) the declared tables of the warehouse are used.
    """
    declared = project.variables.get("input_dir", "")
    if folder is None and not declared:
        if connector is not None:
            raise Problem(
                USAGE,
                "--connector needs --input, because the var input_dir is empty: the tables of "
                "the warehouse that the var inputs declares are used.",
            )
        say(out, "Input: the tables of the warehouse that the var inputs declares")
        return {}
    if folder is None:
        folder = project.root / declared
        ensure_demo(out, project)
    found = inputs.discover(project.root, Path(folder), connector)
    tell_input(out, found)
    path = Path(folder).absolute()
    inside = path.is_relative_to(project.root.absolute())
    text = os.path.relpath(path, project.root) if inside else str(path)
    return {"input_dir": text, "inputs": found.inputs, "is_synthetic": found.is_synthetic}


def ensure_demo(out, project):
    """Write the default demo data unless it is there, or the default input is another."""
    folder = project.root / DEMO
    if project.variables.get("input_dir") == DEMO and not (folder / "accounts.parquet").exists():
        say(out, f"There is no input yet: writing demo data into {shown(folder)}.")
        write_demo(out, folder, overwrite=True)


def tell_input(out, found):
    rows = sum(table[3] or 0 for table in found.tables)
    tables = plural(len(found.tables), "table")
    connectors = " and ".join(found.inputs)
    say(out, f"Input: {shown(found.folder)} ({connectors}): {tables}, {plural(rows, 'row')}")
    for note in found.notes:
        say(out, f"  {note}")


def write_demo(out, folder, overwrite=False, **options):
    """Write demo data; `options` are those of demo.write_demo, which explains them.

    Problem USAGE when `folder` holds something and `overwrite` is false, or for sizes
    that cannot be made.
    """
    from .demo import write_demo as write

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())) and not overwrite:
        raise Problem(USAGE, f"{folder} is not empty. Name another folder, or say --overwrite.")
    try:
        with progress(out, "Writing demo data") as update:
            written = write(folder, **options, progress=update)
    except (ValueError, FileExistsError) as error:
        raise Problem(USAGE, f"{error}.") from error
    (folder / inputs.SYNTHETIC).write_text(SYNTHETIC_NOTE, encoding="utf-8")
    rows = plural(sum(written.rows.values()), "row")
    say(out, f"{shown(folder)}: {plural(len(written.rows), 'table')}, {rows}")


def check(out, project, folder=None, connector=None, target=None):
    """Check config seeds and input without building a score; say what can be measured.

    dbt builds the seeds and two small models in a scratch folder of the build folder; where
    the input is tables of the warehouse, in the warehouse itself.
    """
    check_target(project, target)
    has_files = folder is not None or bool(project.variables.get("input_dir"))
    scratch = project.build / "check" if has_files else project.build
    with one_at_a_time(scratch, "check" if has_files else "run"):
        config_check.check_config(project.root)
        say(out, "Config seeds: every file, column and cell is in order.")
        variables = input_variables(out, project, folder, connector)
        if has_files:
            (scratch / "warehouse.duckdb").unlink(missing_ok=True)
        select = ["+resource_type:seed", "+int_config_errors", "+int_signal_availability"]
        arguments = [
            *("build", "--select", *select),
            *("--indirect-selection", "cautious", "--exclude-resource-type", "unit_test"),
        ]
        with progress(out, "Checking the configuration") as update:
            done = dbt(project, arguments, variables, target, build=scratch, update=update)
        outcome.check_results(project, done.results, build=scratch)
        say(out, "Configuration: weights, rules, tiers, profiles and bands fit together.")
        tell_signals(out, scratch / "warehouse.duckdb")


def tell_signals(out, warehouse):
    """Which signals can be measured, and what the others lack."""
    import duckdb

    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select dimension, signal, is_fed, missing_inputs "
            "from intermediate.int_signal_availability order by dimension, signal"
        ).fetchall()
    fed = [row for row in rows if row[2]]
    heading(out, f"{number(len(fed))} of {number(len(rows))} signals can be measured")
    dimensions = sorted({row[0] for row in rows})
    listing = [(d, ", ".join(row[1] for row in fed if row[0] == d) or "-") for d in dimensions]
    out.print(table(("Dimension", "Signals"), listing))
    if len(fed) < len(rows):
        heading(out, "Not applicable, because the input lacks")
        out.print(
            table(
                ("Dimension", "Signal", "Missing"),
                [(row[0], row[1], lacking(row[3])) for row in rows if not row[2]],
            )
        )


def declaration(project, folder=None, connector=None):
    """The YAML that declares an input in dbt_project.yml, for plain dbt."""
    folder = Path(folder or project.root / project.variables.get("input_dir", ""))
    found = inputs.discover(project.root, folder, connector, count=False)
    return yaml.safe_dump({"inputs": found.inputs}, sort_keys=False, width=100)


def lacking(missing_inputs):
    """'users.*' is the whole table users."""
    return (missing_inputs or "").replace(".*", " (the table)")

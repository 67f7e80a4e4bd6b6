"""The command line of ./health."""

import functools
import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from .exits import INTERRUPTED, Problem
from .terminal import console, say

HELP = (
    "Customer health scores with their reasons, from raw data to a published DuckDB file.\n\n"
    "Exit codes: 0 done, 1 crash, 2 usage, 3 bad config, 4 bad input, 5 failed audit or test, "
    "6 another run is at work, 7 an endpoint did not take the digest, 8 status asks for attention."
)
app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 100},
)


def verb(function):
    """Make a function a verb: a Problem becomes sentences on stderr and its exit code."""

    @functools.wraps(function)
    def wrapped(*arguments, **options):
        try:
            function(*arguments, **options)
        except Problem as problem:
            errors = console(stderr=True)
            say(errors, f"health: {problem.sentence}", style="bold red")
            for line in problem.details:
                say(errors, line)
            raise typer.Exit(problem.code) from None
        except KeyboardInterrupt:
            say(console(stderr=True), "health: interrupted; nothing was published.")
            raise typer.Exit(INTERRUPTED) from None

    return wrapped


InputOption = Annotated[
    Path | None,
    typer.Option("--input", metavar="DIR", help="Folder of Parquet or CSV files [data/demo]."),
]
ConnectorOption = Annotated[
    str | None,
    typer.Option("--connector", metavar="NAME", help="Layout of the input [by its file names]."),
]
KeepOption = Annotated[
    int | None,
    typer.Option(
        "--keep",
        min=1,
        metavar="N",
        help="Published versions to keep [HEALTH_KEEP_VERSIONS, else 5].",
    ),
]
TargetOption = Annotated[
    str | None, typer.Option("--target", metavar="NAME", help="Target of profiles.yml [duckdb].")
]


def iso_date(text):
    """A date as ISO text, or a usage error."""
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise typer.BadParameter(f"'{text}' is no date; write it as 2026-01-31.")


DayOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        callback=iso_date,
        help="Day to score, as 2026-01-31 [the last complete day in the data].",
    ),
]


ScorecardOption = Annotated[
    str | None, typer.Option("--scorecard", metavar="S", help="Scorecard [the primary one].")
]


@app.command()
@verb
def run(
    input_dir: InputOption = None,
    connector: ConnectorOption = None,
    as_of: DayOption = None,
    target: TargetOption = None,
    keep: KeepOption = None,
):
    """Build, audit and publish the scores.

    Without --input they are those of the demo data, which is written first.
    """
    from . import pipeline
    from .project import open_project

    pipeline.run(console(), open_project(keep=keep), input_dir, connector, as_of, target)


@app.command()
@verb
def check(
    input_dir: InputOption = None,
    connector: ConnectorOption = None,
    target: TargetOption = None,
    declare: Annotated[
        bool,
        typer.Option("--declare", help="Only print the var inputs for dbt_project.yml as YAML."),
    ] = False,
):
    """Check the config and the input before anything is built.

    Says which signals can be measured from the input, which not, and why.
    """
    from . import pipeline
    from .project import open_project

    if declare:
        sys.stdout.write(pipeline.declaration(open_project(), input_dir, connector))
    else:
        pipeline.check(console(), open_project(), input_dir, connector, target)


@app.command()
@verb
def explain(
    account: Annotated[str, typer.Argument(help="Id or name of an account.")],
    scorecard: ScorecardOption = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", callback=iso_date, help="Say what moved it since a day."),
    ] = None,
):
    """Show why an account has its score, or with --since why it moved.

    Ends with the cheapest way to the next band.
    """
    from . import explain as explaining
    from . import since as moved
    from .project import open_project

    published = open_project().published
    summary, drivers = explaining.read(published, account, scorecard)
    if since is None:
        explaining.render(console(), summary, drivers)
    else:
        moved.render(console(), summary, *moved.read(published, summary, since))


ConfigOption = Annotated[
    str,
    typer.Option(
        metavar="CONFIG",
        help="Folder of config seeds, version of the history, or git revision.",
    ),
]


@app.command()
@verb
def backfill(
    first: Annotated[str, typer.Option("--from", metavar="DATE", callback=iso_date)],
    last: Annotated[str, typer.Option("--to", metavar="DATE", callback=iso_date)],
    every: Annotated[str, typer.Option(metavar="day|week|month", help="How dense.")] = "week",
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Score days that are done as well.")
    ] = False,
    input_dir: InputOption = None,
    connector: ConnectorOption = None,
    target: TargetOption = None,
    keep: KeepOption = None,
):
    """Score past days as they were known then, and publish.

    Days that are done are not done again, so one that was stopped goes on where it was; with
    --rebuild they are, each under the configuration that was in force on it.
    """
    from . import pipeline
    from .project import open_project

    if every not in ("day", "week", "month"):
        raise typer.BadParameter("--every is day, week or month.")
    project = open_project(keep=keep)
    pipeline.backfill(console(), project, first, last, every, input_dir, connector, target, rebuild)


@app.command()
@verb
def replay(
    config: ConfigOption,
    as_of: DayOption = None,
):
    """Score a day under another configuration, beside the published history.

    Uses the input as the last run read it.
    """
    from . import replay as replaying
    from .project import open_project

    replaying.replay(console(), open_project(), config, as_of)


@app.command()
@verb
def compare(
    config: ConfigOption,
    base: Annotated[
        str | None,
        typer.Option(metavar="CONFIG", help="What it is compared with [seeds/config as it is]."),
    ] = None,
    as_of: DayOption = None,
    scorecard: ScorecardOption = None,
    markdown: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it as Markdown as well.")
    ] = None,
):
    """Show what a change of the config seeds would do, before it is merged."""
    from . import replay as replaying
    from .project import open_project

    replaying.compare(console(), open_project(), config, base, as_of, scorecard, markdown)


@app.command()
@verb
def rollback(
    to: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="Its beginning is enough [the version before]."),
    ] = None,
    only_list: Annotated[
        bool, typer.Option("--list", help="Only list the versions that are kept.")
    ] = False,
):
    """Give readers a published version of before, at once and whole.

    Builds and removes nothing. The next run publishes on top of it.
    """
    from . import rollback as back
    from .project import open_project

    if only_list:
        back.show(console(), open_project())
    else:
        back.rollback(console(), open_project(), to)


@app.command()
@verb
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    late_after: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="DAYS", help="Also ask for attention when scores are due for longer."
        ),
    ] = None,
    runs: Annotated[int, typer.Option(min=0, metavar="N", help="Runs to list.")] = 5,
):
    """Say what readers have, how fresh each source is, how runs ended, and what is due.

    Exit code 8 when somebody should look: nothing is published, the last run did not end
    well, or scores are late.
    """
    from . import status as standing
    from .project import open_project

    standing.status(console(), open_project(), as_json, late_after, runs)


@app.command()
@verb
def validate(scorecard: ScorecardOption = None, target: TargetOption = None):
    """Say whether the score predicts departures, for whom, and how far ahead.

    Judges the scores first when a week has passed. Exit code 5 when a floor whose row in
    backtest_floors.csv says fail is missed.
    """
    from . import pipeline
    from .project import open_project

    pipeline.validate(console(), open_project(), scorecard, target)


@app.command()
@verb
def calibrate(
    scorecard: ScorecardOption = None,
    horizon: Annotated[
        int, typer.Option(min=1, metavar="DAYS", help="Who leaves within so many days.")
    ] = 90,
    lead: Annotated[
        int, typer.Option(min=0, metavar="DAYS", help="Days before it in which to act.")
    ] = 0,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder to write [proposals/<scorecard>-<date>]."),
    ] = None,
):
    """Propose weights from who left and who stayed, with the evidence.

    Fits, chooses and judges on periods apart. Writes seeds and EVIDENCE.md into a folder, and
    says so when they are not better; nothing is changed.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # ten times faster on such small matrices
    from . import calibrate as calibrating
    from .project import open_project

    calibrating.calibrate(console(), open_project(), scorecard, horizon, lead, to)


@app.command()
@verb
def notify(
    to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="Address in the words of apprise, or NAME=URL; again for more "
            "[HEALTH_NOTIFY_URLS].",
        ),
    ] = None,
    severity: Annotated[
        Literal["high", "medium", "low"],
        typer.Option(help="Least severity that is told; what is below it is counted."),
    ] = "medium",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go to whom; send and write nothing.")
    ] = False,
    attempts: Annotated[
        int, typer.Option(min=1, metavar="N", help="Times to try an endpoint.")
    ] = 5,
    charts: Annotated[
        bool,
        typer.Option("--charts", help="Attach the report's charts where the service takes files."),
    ] = False,
):
    """Send new and closed alerts to chat, e-mail or a webhook, each of them once.

    Prints them where no endpoint is named.
    """
    from . import notify as notifying
    from .endpoints import Patience
    from .project import open_project

    notifying.notify(
        console(), open_project(), to or (), severity, dry_run, Patience(attempts=attempts), charts
    )


@app.command()
@verb
def export(
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write [serve/crm_export].")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every account, also those that did not change.")
    ] = False,
):
    """Write the accounts that changed since the last export, for a CRM, as CSV and Parquet."""
    from . import crm_export
    from .project import open_project

    crm_export.export(console(), open_project(), to, everything)


@app.command()
@verb
def report(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="HTML file [serve/report.html].")
    ] = None,
    png: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the main charts as PNG as well.")
    ] = None,
    is_opened: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
):
    """Write all that is published into one HTML file: portfolio, worklist, accounts, and more.

    It needs no server and no network; whoever gets the file sees every account in it.
    """
    from . import report as reporting
    from .project import open_project

    reporting.report(console(), open_project(), out, png, is_opened)


@app.command()
@verb
def versions(
    export: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Write its seeds as CSV files.")
    ] = None,
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for --export.")] = None,
):
    """List the configurations that were used, or export one."""
    from . import versions as configurations
    from .project import open_project

    configurations.show(console(), open_project(), export, to)


@app.command()
@verb
def docs(
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Page to write [serve/docs.html].")
    ] = None,
    columns: Annotated[
        bool,
        typer.Option("--columns", help="Also columns.html: where each column comes from."),
    ] = False,
):
    """Write the documentation of every model and column as one page, with its lineage."""
    from . import catalog
    from .project import open_project

    catalog.write_docs(console(), open_project(), to, columns)


@app.command()
@verb
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write.")],
    accounts: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Accounts [800].")
    ] = None,
    months: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Months of history [24].")
    ] = None,
    events: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Usage events, about [2000000].")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="The same seed gives the same data.")
    ] = None,
    last_day: Annotated[
        str | None, typer.Option(metavar="DATE", callback=iso_date, help="Last day [2026-01-31].")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the tables that are in DIR.")
    ] = False,
):
    """Write demo data only.

    Parquet files in the layout of the input contract.
    """
    from . import pipeline

    options = {"accounts": accounts, "months": months, "events": events, "seed": seed}
    if last_day:
        options["last_day"] = date.fromisoformat(last_day)
    given = {name: value for name, value in options.items() if value is not None}
    pipeline.write_demo(console(), folder, overwrite, **given)
    say(console(), f"Score it with: ./health run --input {folder}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@verb
def test(
    context: typer.Context,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="STEP", help="ruff, yamllint, sqlfluff, dbt or pytest."),
    ] = None,
):
    """Lint, build the demo strictly, run pytest.

    Arguments after -- go to pytest: ./health test --only pytest -- -k explain
    """
    from . import selftest
    from .project import open_project

    raise typer.Exit(selftest.run(console(), open_project(), only or (), context.args))


if __name__ == "__main__":
    app(prog_name="./health")

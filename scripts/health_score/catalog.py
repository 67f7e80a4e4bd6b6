"""The verb docs: dbt's documentation of every model and column as one page, without a server.

A second page follows each column back to where it comes from; dbt-colibri makes it.
"""

import logging
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from .exits import USAGE, Problem
from .project import dbt_command, one_at_a_time, shown
from .terminal import plural, progress, say

PAGE = "static_index.html"
COLUMNS = "columns.html"


def write_docs(out, project, file=None, with_columns=False):
    """Write the page to `file` (default: serve/docs.html), from the tables that are built.

    `with_columns` writes columns.html beside it.
    """
    if not project.warehouse.exists():
        raise Problem(USAGE, "Nothing is built yet. First: ./health run")
    file = file or project.serve / "docs.html"
    with one_at_a_time(project.build, "run"):
        with progress(out, "Writing the documentation"):
            dbt_command(project, ["docs", "generate", "--static"])
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(project.build / "target" / PAGE, file)
        say(out, f"{shown(file)}: open it in a browser. It holds names, texts and SQL, no data.")
        if with_columns:
            columns = file.with_name(COLUMNS)
            with progress(out, "Following the columns"):
                lost = follow_columns(project.build / "target", columns)
            say(out, f"{shown(columns)}: where each column comes from.")
            if lost:
                say(out, f"{plural(lost, 'column')} could not be followed.", style="yellow")


def follow_columns(artifacts, file):
    """Write the page of the columns from dbt's artifacts; how many could not be followed."""
    from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor
    from dbt_colibri.report.generator import DbtColibriReportGenerator

    with counted_errors("colibri") as errors, tempfile.TemporaryDirectory() as folder:
        extractor = DbtColumnLineageExtractor(
            str(artifacts / "manifest.json"), str(artifacts / "catalog.json")
        )
        # Telemetry would make the page call its makers.
        DbtColibriReportGenerator(
            extractor, light_mode=True, disable_telemetry=True
        ).generate_report(folder)
        shutil.copyfile(Path(folder) / "index.html", file)
    return len(errors)


@contextmanager
def counted_errors(name):
    """The errors that a library logs meanwhile, in place of printing them."""
    errors, handler, logger = [], logging.Handler(logging.ERROR), logging.getLogger(name)
    handler.emit = errors.append
    logger.addHandler(handler)
    try:
        yield errors
    finally:
        logger.removeHandler(handler)

"""The verb test: linters, a strict build of the demo, and pytest, one after the other."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import outcome, pipeline
from .exits import FAILED_AUDIT, OK, USAGE, Problem
from .project import dbt
from .terminal import heading, progress, say, seconds

SQL_FOLDERS = ("models", "tests", "analyses")


def run(out, project, only=(), pytest_arguments=()):
    """Run the steps (all, or those in `only`); return the exit code.

    A failed step does not stop the next. pytest comes last, so that its summary line ends
    the output. Nothing in build/ or serve/ is touched.
    """
    unknown = sorted(set(only) - set(STEPS))
    if unknown:
        raise Problem(USAGE, f"There is no step {unknown[0]}; the steps are {', '.join(STEPS)}.")
    chosen = [name for name in STEPS if not only or name in only]
    passed, times = {}, {}
    if {"dbt", "sqlfluff", "pytest"} & set(chosen):
        pipeline.ensure_demo(out, project)
    with tempfile.TemporaryDirectory(prefix="health-test-") as folder:
        for name in chosen:
            if name == "pytest":  # its summary line ends the output
                tell_steps(out, passed, times)
            heading(out, f"== {name}")
            begun = time.monotonic()
            passed[name] = STEPS[name](out, project, Path(folder), list(pytest_arguments))
            times[name] = time.monotonic() - begun
        if "pytest" not in chosen:
            tell_steps(out, passed, times)
    return OK if all(passed.values()) else FAILED_AUDIT


def tell_steps(out, passed, times):
    if passed:
        out.print()
    for name, good in passed.items():
        say(out, f"{name}: {'passed' if good else 'FAILED'} in {seconds(times[name])}")


def module(project, name, *arguments, folder=None):
    """Run `python -m name ...` at the project's root; whether it succeeded."""
    environment = dict(os.environ)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        environment["HEALTH_BUILD_DIR"] = str(folder)
        environment["DBT_TARGET_PATH"] = str(folder / "target")
        environment["DBT_LOG_PATH"] = str(folder / "logs")
    command = [sys.executable, "-m", name, *arguments]
    sys.stdout.flush()
    return subprocess.run(command, cwd=project.root, env=environment, check=False).returncode == 0


def ruff(out, project, folder, extra):
    checked = module(project, "ruff", "check", ".")
    return module(project, "ruff", "format", "--check", "--quiet", ".") and checked


def yamllint(out, project, folder, extra):
    return module(project, "yamllint", "--strict", ".")


def sqlfluff(out, project, folder, extra):
    present = [name for name in SQL_FOLDERS if (project.root / name).is_dir()]
    options = ("--disable-progress-bar", "--processes", "2")
    return module(project, "sqlfluff", "lint", *options, *present, folder=folder / "sqlfluff")


def strict_build(out, project, folder, extra):
    """dbt --warn-error build --no-partial-parse on the demo, unit tests included."""
    arguments = ["--warn-error", "build", "--no-partial-parse"]
    try:
        with progress(out, "Building the demo, every warning an error") as update:
            done = dbt(project, arguments, {}, build=folder / "build", update=update)
        outcome.check_results(project, done.results, build=folder / "build")
    except Problem as problem:
        say(out, problem.sentence)
        for line in problem.details:
            say(out, line)
        return False
    say(out, f"{len(done.results):,} nodes")
    return True


def pytest(out, project, folder, extra):
    """All tests but the slow ones, a file on each of two cores; `extra` arguments replace that."""
    usual = ["-n", "2", "--dist", "loadfile", "-m", "not slow"]
    return module(project, "pytest", *(extra or usual))


STEPS = {
    "ruff": ruff,
    "yamllint": yamllint,
    "sqlfluff": sqlfluff,
    "dbt": strict_build,
    "pytest": pytest,
}

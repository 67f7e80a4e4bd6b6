"""Where things are, what dbt_project.yml says, and dbt run in this process."""

import fcntl
import json
import os
import re
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .exits import BAD_INPUT, BUSY, CRASH, USAGE, Problem

ROOT = Path(__file__).resolve().parents[2]
KEEP = "HEALTH_KEEP_VERSIONS"
PATIENCE = 3  # times to ask for a lock, for who looks whether it is held holds it for a moment


@dataclass(frozen=True)
class Project:
    """Folders of one checkout; `variables` are the vars of its dbt_project.yml.

    `keep` is how many published versions are kept.
    """

    root: Path
    build: Path
    serve: Path
    variables: dict = field(default_factory=dict)
    keep: int = 5

    @property
    def warehouse(self):
        """The private DuckDB file that dbt builds into."""
        return self.build / "warehouse.duckdb"

    @property
    def published(self):
        """The one stable path for readers."""
        return self.serve / "health.duckdb"

    @property
    def delivery(self):
        """What was delivered to whom; beside `serve`, because readers may be given that whole."""
        return self.serve.with_name(f"{self.serve.name}-delivery")

    def clean_up(self):
        """Remove what DuckDB had spilled in a run that was killed; whether there was any."""
        spilled = self.warehouse.with_name(f"{self.warehouse.name}.tmp")
        is_there = spilled.exists()
        shutil.rmtree(spilled, ignore_errors=True)
        return is_there


def open_project(root=ROOT, keep=None):
    """The project at `root`; HEALTH_BUILD_DIR and HEALTH_SERVE_DIR name other folders.

    `keep` published versions stay (default: HEALTH_KEEP_VERSIONS, else 5).
    """
    root = Path(root)
    build = Path(os.environ.get("HEALTH_BUILD_DIR") or root / "build").absolute()
    serve = Path(os.environ.get("HEALTH_SERVE_DIR") or root / "serve").absolute()
    number = str(keep or os.environ.get(KEEP) or Project.keep)
    if not re.fullmatch(r"[1-9]\d*", number):
        raise Problem(USAGE, f"{KEEP} is '{number}'; it must be a whole number from 1 on.")
    return Project(root, build, serve, declared_variables(root), int(number))


def declared_variables(root):
    """The vars of dbt_project.yml, those under the project's own name included."""
    text = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))
    variables = text.get("vars") or {}
    return {**variables, **(variables.get(text["name"]) or {})}


def changed(variables, declared):
    """The variables that differ from the declared ones.

    Only these go to dbt: any --vars makes it parse the whole project anew.
    """
    return {name: value for name, value in variables.items() if declared.get(name) != value}


def shown(path):
    """A path as short as it is clear from where the user stands."""
    short = os.path.relpath(path)
    return str(path) if short.startswith("..") else short


def check_target(project, target):
    """Refuse a target that profiles.yml lacks or that builds elsewhere than `duckdb`: USAGE."""
    if target is None:
        return
    profiles = yaml.safe_load((project.root / "profiles.yml").read_text(encoding="utf-8"))
    outputs = {}
    for profile in profiles.values():
        outputs.update((profile or {}).get("outputs") or {})
    if target not in outputs:
        known = ", ".join(sorted(outputs))
        raise Problem(USAGE, f"profiles.yml has no target {target}; it has: {known}.")
    if outputs[target].get("type") != "duckdb":
        raise Problem(
            USAGE,
            f"The target {target} is no DuckDB file, and only those are published by "
            f"./health run. Build it with: dbt build --target {target}",
        )
    if outputs[target].get("path") != outputs.get("duckdb", {}).get("path"):
        raise Problem(
            USAGE,
            f"The target {target} builds into another file than the target duckdb, and "
            "./health run publishes from that one. Give both the same path in profiles.yml.",
        )


@contextmanager
def one_at_a_time(folder, what):
    """Hold <folder>/lock; a second process gets a sentence and the exit code BUSY."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "a+", encoding="utf-8") as lock:
        if not locked(lock, fcntl.LOCK_EX):
            lock.seek(0)
            who = lock.read().strip()
            process = f" (process {who})" if who else ""
            raise Problem(
                BUSY, f"Another ./health {what} is at work{process}. Nothing was changed."
            )
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield  # the system frees the lock with the process, however that ends


def locked(file, kind):
    """Whether the lock of an open file could be had."""
    for left in reversed(range(PATIENCE)):
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return True
        except OSError:
            if left:
                time.sleep(0.1)
    return False


def is_held(folder):
    """Whether a process holds <folder>/lock."""
    try:
        with open(folder / "lock", encoding="utf-8") as lock:
            return not locked(lock, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


@dataclass(frozen=True)
class Outcome:
    """What a dbt command did: its node results and the texts of its warnings."""

    results: list
    warnings: list


def dbt(project, arguments, variables=None, target=None, build=None, update=None):
    """Run a dbt command here, silently; return its Outcome, failed nodes included.

    `build` is the folder of the DuckDB file and of dbt's own files. `update(text, fraction)`
    hears of every node. Raises Problem: CRASH when dbt itself failed or ran nothing, BUSY
    when the DuckDB file is in use.
    """
    warnings = []
    callback = listener(update or (lambda text, fraction=None: None), warnings)
    outcome = dbt_command(project, arguments, variables, target, build, [callback])
    results = list(getattr(outcome, "results", []))
    if not results:
        log = (build or project.build) / "logs" / "dbt.log"
        raise Problem(CRASH, f"dbt ran nothing. Its log: {shown(log)}")
    return Outcome(results, warnings)


def dbt_command(project, arguments, variables=None, target=None, build=None, callbacks=()):
    """What a dbt command returned; the arguments and Problems are those of dbt()."""
    from dbt.cli.main import dbtRunner

    build = build or project.build
    command = [
        *arguments,
        *("--project-dir", str(project.root), "--profiles-dir", str(project.root)),
        *("--target-path", str(build / "target"), "--log-path", str(build / "logs")),
        *("--log-level", "none", "--quiet", "--no-use-colors"),
        *("--target", target or "duckdb"),
    ]
    different = changed(variables or {}, project.variables)
    if different:
        command += ["--vars", json.dumps(different, sort_keys=True)]
    forget_other_root(project.root, build / "target")
    os.environ.setdefault("HEALTH_MEMORY_LIMIT", half_of_memory())
    with working_in(project.root, build):
        outcome = dbtRunner(callbacks=list(callbacks)).invoke(command)
    close_connections()
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise KeyboardInterrupt
    if outcome.exception is not None:
        raise dbt_problem(outcome.exception, build)
    return outcome.result


def half_of_memory():
    """Half of the machine's memory as DuckDB reads it, such as 12007MiB."""
    return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') // 2 // 2**20}MiB"


def forget_other_root(root, target):
    """Drop what dbt remembers of parsing when it did that at another root.

    It keeps the root of every seed that is the same, and that of a former configuration is a
    temporary folder that is gone.
    """
    note, here = target / "root.txt", f"{root}\n"
    if note.exists() and note.read_text(encoding="utf-8") == here:
        return
    (target / "partial_parse.msgpack").unlink(missing_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    note.write_text(here, encoding="utf-8")


@contextmanager
def working_in(root, build):
    """Be at the project's root, as its relative paths are, with `build` as the build folder."""
    before, here = os.environ.get("HEALTH_BUILD_DIR"), os.getcwd()
    build.mkdir(parents=True, exist_ok=True)
    os.environ["HEALTH_BUILD_DIR"] = str(build)
    os.chdir(root)
    try:
        yield
    finally:
        os.chdir(here)
        if before is None:
            del os.environ["HEALTH_BUILD_DIR"]
        else:
            os.environ["HEALTH_BUILD_DIR"] = before


def close_connections():
    """Give the DuckDB file free: dbt-duckdb keeps it open for a next command."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()


def listener(update, warnings):
    """A dbt event callback that reports nodes as a share of all, and keeps warnings."""
    done = total = 0

    def on_event(event):
        nonlocal done, total
        name = event.info.name
        if name == "LogStartLine":
            total = event.data.total
        elif name == "NodeFinished":
            done += 1
        elif event.info.level == "warn":
            warnings.append(event.info.msg)
        if name in ("LogStartLine", "NodeFinished") and total:
            node = event.data.node_info.node_name
            update(f"{done}/{total} {node}", min(1.0, done / total))

    return on_event


def dbt_problem(exception, build):
    """An exception of dbt as a Problem with its own words."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(exception)).strip()
    if "Could not set lock on file" in text or "Conflicting lock" in text:
        return Problem(
            BUSY,
            f"{shown(build / 'warehouse.duckdb')} is open in another program (a database "
            "browser, or dbt). Close it there and run this again.",
        )
    lines = words(text)
    log = shown(build / "logs" / "dbt.log")
    if lines and "on-run-start" in lines[0]:
        return Problem(BAD_INPUT, "The input could not be attached.", lines[1:])
    return Problem(CRASH, f"dbt stopped before it built anything. Its log: {log}", lines[:12])


def words(message):
    """The lines of a dbt message that say something: no macro stack, no path of compiled code."""
    noise = ("> in macro", "> called by", "compiled code at", "compiled Code at")
    lines = [line.strip() for line in str(message).splitlines()]
    return [line for line in lines if line and not line.startswith(noise)]

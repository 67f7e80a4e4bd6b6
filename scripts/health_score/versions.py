"""Configurations: the seeds here, a folder, a git revision, or one that was used before."""

import csv
import json
import os
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import yaml

from .exits import BAD_CONFIG, USAGE, Problem
from .project import shown
from .terminal import say, table

SEEDS = Path("seeds/config")
# Seeds that grow with the project: an older configuration takes what it lacks from here, by key.
GROWING = {"settings": "setting", "signals": "signal"}


def columns_of(root):
    """Seed -> its columns in the order of its YAML; each has a file seeds/config/<seed>.csv."""
    found = {}
    for path in sorted((root / SEEDS).glob("*.yml")):
        for seed in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]:
            found[seed["name"]] = [column["name"] for column in seed["columns"]]
    return found


def used(warehouse):
    """Versions in the history, newest use first: (version, first score date, last score date)."""
    import duckdb

    if not warehouse.exists():
        return []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        if not has_table(connection, "history_config_cells"):
            return []
        return connection.execute(
            "select cells.config_version, min(score_date), max(score_date) "
            "from (select distinct config_version from history.history_config_cells) as cells "
            "left join history.history_uses as uses "
            "on cells.config_version = uses.config_version "
            "group by cells.config_version order by 3 desc nulls last, 1"
        ).fetchall()


def has_table(connection, name, schema="history"):
    return connection.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchone()[0]


def export(project, version, folder):
    """Write the seeds of a version of the history into `folder` as CSV files; return the version.

    The beginning of a version is enough. Problem USAGE when there is none, or several.
    """
    import duckdb

    known = [row[0] for row in used(project.warehouse)]
    matches = [name for name in known if name.startswith(version)]
    if len(matches) != 1:
        listing = ", ".join(known) or "none yet"
        raise Problem(USAGE, f"No one configuration is called {version}. Used so far: {listing}.")
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        cells = connection.execute(
            "select seed, row_index, column_name, cell from history.history_config_cells "
            "where config_version = ? order by seed, row_index",
            matches,
        ).fetchall()
    folder.mkdir(parents=True, exist_ok=True)
    for seed, columns in columns_of(project.root).items():
        rows = {}
        for name, index, column, cell in cells:
            if name == seed:
                rows.setdefault(index, {})[column] = cell
        with open(folder / f"{seed}.csv", "w", newline="", encoding="utf-8") as file:
            had = {column for row in rows.values() for column in row} or columns
            header = [column for column in columns if column in had]
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for row in rows.values():
                writer.writerow(["" if row[c] is None else row[c] for c in header])
    return matches[0]


@contextmanager
def configured(project, config):
    """The project with another configuration, in a temporary folder that goes with it.

    `config` is a folder of CSV files, a version of the history, or a git revision, tried in
    that order; None is the project itself. Seeds that a folder lacks are those of the project,
    as in a proposal, and so are settings and columns that came after an older one. Problem USAGE
    when it is none of them.
    """
    if config is None:
        yield project
        return
    given = Path(config).is_dir()
    with tempfile.TemporaryDirectory(prefix="health-config-") as folder:
        root = Path(folder) / "project"
        seeds = root / SEEDS
        seeds.mkdir(parents=True)
        fetch(project, config, seeds)
        for name, key in GROWING.items():
            bring_up(seeds / f"{name}.csv", project.root / SEEDS / f"{name}.csv", key)
        for path in (project.root / SEEDS).iterdir():
            if path.suffix == ".yml" or (given and not (seeds / path.name).exists()):
                (seeds / path.name).symlink_to(path.absolute())
        for path in project.root.iterdir():
            if path.name not in ("seeds", ".git", ".venv", "target", "dbt_project.yml"):
                (root / path.name).symlink_to(path.absolute())
        text = (project.root / "dbt_project.yml").read_text(encoding="utf-8")
        (root / "dbt_project.yml").write_text(
            without(text, later_signals(seeds / "signals.csv", project.root / SEEDS)),
            encoding="utf-8",
        )
        yield replace(project, root=root)


def later_signals(old, seeds):
    """Signals of the project's seeds that the older file does not name, in order."""
    known = {row.get("signal") for row in read_rows(old)}
    present = [row["signal"] for row in read_rows(seeds / "signals.csv")]
    return [signal for signal in present if signal not in known]


def read_rows(file):
    with open(file, newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def without(text, signals):
    """The text of dbt_project.yml for seeds that do not know these signals."""
    return text.replace("  later_signals: []\n", f"  later_signals: {json.dumps(signals)}\n")


def fetch(project, config, seeds):
    """Put the CSV files of a configuration into the folder `seeds`."""
    given = Path(config)
    if given.is_dir():
        files = sorted(given.glob("*.csv"))
        if not files:
            raise Problem(BAD_CONFIG, f"{config} holds no CSV files.")
        for path in files:
            (seeds / path.name).write_bytes(path.read_bytes())
    elif any(row[0].startswith(config) for row in used(project.warehouse)):
        export(project, config, seeds)
    else:
        from_git(project, config, seeds)


def bring_up(old, new, key):
    """Give an older seed the columns that it lacks, and settings the rows, as they are in the new.

    Rows are the same by their `key`. A file that cannot be read so stays as it is: the check tells.
    """
    if not old.exists():
        return
    with open(old, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        header, rows = reader.fieldnames or [], list(reader)
    with open(new, newline="", encoding="utf-8") as file:
        present = {row[key]: row for row in csv.DictReader(file)}
    columns = list(next(iter(present.values())))
    known = {row.get(key) for row in rows}
    missing = [row for name, row in present.items() if key == "setting" and name not in known]
    whole = all(None not in row and None not in row.values() for row in rows)
    readable = whole and key in header and set(header) <= set(columns)
    if not readable or (set(columns) == set(header) and not missing):
        return
    with open(old, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({**present.get(row[key], {}), **row})
        writer.writerows(missing)


def from_git(project, revision, seeds):
    """The CSV files of seeds/config at a git revision."""
    here = ["git", "-C", str(project.root)]
    names = subprocess.run(
        [*here, "ls-tree", "--name-only", revision, f"{SEEDS}/"],
        capture_output=True,
        text=True,
        check=False,
    )
    if names.returncode != 0 or not names.stdout.strip():
        raise Problem(
            USAGE,
            f"{config_text(revision)} is no folder, no configuration of the history, and no git "
            "revision with seeds/config.",
        )
    for name in names.stdout.split():
        if name.endswith(".csv"):
            content = subprocess.run(
                [*here, "show", f"{revision}:./{name}"], capture_output=True, check=True
            ).stdout
            (seeds / os.path.basename(name)).write_bytes(content)


def config_text(config):
    return shown(Path(config)) if os.sep in str(config) else str(config)


def show(out, project, version=None, folder=None):
    """The verb versions: list what was used, or write one as CSV files."""
    if version is not None:
        folder = folder or Path(f"config-{version}")
        if folder.exists() and any(folder.iterdir()):
            raise Problem(USAGE, f"{folder} is not empty. Name another folder with --to.")
        found = export(project, version, folder)
        say(out, f"Configuration {found} is in {shown(folder)}.")
        say(out, f"Score a day with it: ./health replay --config {shown(folder)}")
        return
    rows = used(project.warehouse)
    if not rows:
        say(out, "No configuration was used yet. First: ./health run")
        return
    listing = [(name, first or "only tried", last or "") for name, first, last in rows]
    out.print(table(("Configuration", "First score date", "Last score date"), listing))

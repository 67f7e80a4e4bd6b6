"""Runs of the whole real project on copies of the tree, each with its own build and serve folder.

The verbs of ./health run in this process, as the launcher would run them. A small demo and one run
of it are made once per session and shared; nobody changes them, a test that wants to takes a twin.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from unittest import mock

import duckdb
import yaml
from typer.testing import CliRunner

from health_score import cli, exits, project
from health_score.demo import write_demo

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {".git", ".venv", "build", "serve", "target", "logs", "data", "dbt_packages"}
# publication names the run itself: its version, its time, its connectors.
OF_THE_RUN = "publication"


@dataclass(frozen=True)
class Copy:
    """A copy of the project. `marts` is the ordered CSV of each mart after the first run."""

    root: Path
    marts: dict[str, str] = field(default_factory=dict)

    @property
    def build(self) -> Path:
        return self.root.parent / "build"

    @property
    def serve(self) -> Path:
        return self.root.parent / "serve"

    @property
    def warehouse(self) -> Path:
        return self.build / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.serve / "health.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to work on the copy and nowhere else."""
        return {
            **os.environ,
            "HEALTH_BUILD_DIR": str(self.build),
            "HEALTH_SERVE_DIR": str(self.serve),
            "DBT_TARGET_PATH": str(self.build / "target"),
            "DBT_LOG_PATH": str(self.build / "logs"),
            "PYTHONPATH": str(self.root / "scripts"),
        }


@dataclass(frozen=True)
class Result:
    """What a verb did: its exit code and all that it printed."""

    code: int
    output: str

    @property
    def flat(self) -> str:
        """The output in one line, for sentences that were broken over lines."""
        return " ".join(self.output.split())


# ------------------------------------------------------------------------------------------- copies


def files_of_tree() -> list[str]:
    """The files that git tracks or would track; without git all that no run or editor left."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        names = done.stdout.split("\0")
    else:
        paths = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
        names = [
            str(path)
            for path in paths
            if path.parts[0] not in LEFT_OUT or path.parts[1:] == (".gitignore",)
        ]
    return [name for name in names if name]


@functools.cache
def tree() -> dict[str, tuple[bytes, int]]:
    """File -> (content, mode) of the working tree, read once: all copies are of one state."""
    present = [name for name in files_of_tree() if (ROOT / name).is_file()]
    return {name: ((ROOT / name).read_bytes(), (ROOT / name).stat().st_mode) for name in present}


def copy_tree(folder: Path) -> Copy:
    """The project as it stands in the working tree, copied into folder/project."""
    copy = Copy(folder / "project")
    for name, (content, mode) in tree().items():
        target = copy.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(mode)
    return copy


def twin(copy: Copy, folder: Path) -> Copy:
    """A second copy of a copy, with what it has built and published."""
    for part in (copy.root, copy.build, copy.serve):
        if part.exists():
            shutil.copytree(part, folder / part.name, symlinks=True)
    return Copy(folder / copy.root.name, copy.marts)


@functools.cache
def demo(base: Path) -> Path:
    """A folder with a small demo, below `base`: about 60 accounts and 20,000 events."""
    folder = base / "small-demo"
    write_demo(folder, accounts=60, events=20_000)
    return folder


@functools.cache
def scored_demo(base: Path) -> Copy:
    """A copy of the project, below `base`, that ran once on the small demo. Leave it as it is."""
    copy = copy_tree(base / "scored-demo")
    done = health(copy, "run", "--input", demo(base))
    assert done.code == exits.OK, done.output
    return Copy(copy.root, marts(copy.published))


# --------------------------------------------------------------------------------------------- runs


def health(copy: Copy, *arguments: object) -> Result:
    """Run a verb of ./health on a copy, in this process; a crash is raised."""
    opened = functools.partial(project.open_project, copy.root)
    with mock.patch.object(project, "open_project", opened), working_in(copy):
        done = CliRunner().invoke(cli.app, [str(argument) for argument in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Result(done.exit_code, done.output)


@contextmanager
def working_in(copy: Copy):
    """The copy is the current folder, and its build and serve folder are those of the run."""
    before = os.getcwd()
    folders = {"HEALTH_BUILD_DIR": str(copy.build), "HEALTH_SERVE_DIR": str(copy.serve)}
    os.chdir(copy.root)
    try:
        with mock.patch.dict(os.environ, folders):
            yield
    finally:
        os.chdir(before)


def build(copy: Copy, *arguments: str, variables: dict | None = None) -> list:
    """dbt on a copy, in this process; its results, failed ones included."""
    with working_in(copy):
        opened = project.open_project(copy.root)
        return project.dbt(opened, list(arguments), variables or {}).results


def failed(results: list) -> list[str]:
    """Names of what failed, and nothing for what passed or was skipped because of it."""
    bad = ("error", "fail", "runtime error")
    return sorted(result.node.name for result in results if str(result.status) in bad)


def python(code: str, *arguments: object) -> list[str]:
    """The command of a Python process that runs `code`."""
    return [sys.executable, "-c", code, *(str(argument) for argument in arguments)]


def compiled_models(copy: Copy, wanted: tuple[str, ...]) -> dict[str, str]:
    """Model -> SQL as dbt compiled it in the copy's last run, for the wanted models and theirs."""
    folder = copy.build / "target"
    nodes = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    found = {}

    def visit(name: str) -> None:
        node = nodes.get(name)
        if node and node["resource_type"] == "model" and node["name"] not in found:
            for parent in node["depends_on"]["nodes"]:
                visit(parent)
            file = folder / "compiled" / node["package_name"] / node["original_file_path"]
            found[node["name"]] = file.read_text(encoding="utf-8")

    for name in wanted:
        visit(f"model.customer_health.{name}")
    return found


# ------------------------------------------------------------------------------------------ results


def marts(file: Path) -> dict[str, str]:
    """Mart -> its rows as ordered CSV, all marts but the one that names the run."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.tables where table_schema = 'marts'"
            ).fetchall()
        ]
        return {
            name: as_csv(connection, f"select * from marts.{name} order by all")
            for name in sorted(names)
            if name != OF_THE_RUN
        }


def as_csv(connection: object, query: str) -> str:
    """Columns and rows of a query as CSV; NULL is told from an empty text."""
    cursor = connection.execute(query)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column[0] for column in cursor.description])
    writer.writerows([["NULL" if c is None else c for c in row] for row in cursor.fetchall()])
    return text.getvalue()


def assert_same_marts(ours: dict[str, str], theirs: dict[str, str]) -> None:
    """Every mart equal; else the first lines that differ."""
    assert sorted(ours) == sorted(theirs)
    lines = [
        f"{mart}: {line}"
        for mart in ours
        if ours[mart] != theirs[mart]
        for line in sorted(set(ours[mart].splitlines()) ^ set(theirs[mart].splitlines()))[:4]
    ]
    assert not lines, "\n".join(lines[:20])


def rows(file: Path, query: str, parameters: tuple = ()) -> list[tuple]:
    """The rows of a query on a DuckDB file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query, list(parameters)).fetchall()


def publication(copy: Copy) -> tuple[str, str, str]:
    """What readers see: the link's target, the version in the file, the file's SHA-256."""
    (version,) = rows(copy.published, "select version from marts.publication")[0]
    digest = hashlib.sha256(copy.published.read_bytes()).hexdigest()
    return os.readlink(copy.serve / "current"), version, digest


# ------------------------------------------------------------------------------------------- seeds


def seed_rows(root: Path, seed: str) -> list[dict[str, str]]:
    path = root / "seeds/config" / f"{seed}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_seed(root: Path, seed: str, lines: list[dict[str, str]]) -> None:
    path = root / "seeds/config" / f"{seed}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def matching(lines: list[dict], where: dict[str, str]) -> list[dict]:
    """The rows with these cells; none is an AssertionError, for the fault would not be planted."""
    found = [row for row in lines if all(row[name] == cell for name, cell in where.items())]
    assert found, f"no row has {where}"
    return found


def change_seed(root: Path, seed: str, where: dict[str, str], **cells: str) -> None:
    """Set cells of the rows that `where` names."""
    lines = seed_rows(root, seed)
    for row in matching(lines, where):
        row.update(cells)
    write_seed(root, seed, lines)


def shift_seed(root: Path, seed: str, where: dict[str, str], column: str, by: str) -> None:
    """Add a number to one cell of the one row that `where` names."""
    (row,) = matching(seed_rows(root, seed), where)
    change_seed(root, seed, where, **{column: str(Decimal(row[column]) + Decimal(by))})


def delete_from_seed(root: Path, seed: str, where: dict[str, str]) -> None:
    lines = seed_rows(root, seed)
    gone = matching(lines, where)
    write_seed(root, seed, [row for row in lines if row not in gone])


def add_to_seed(root: Path, seed: str, *added: dict[str, str]) -> None:
    """Append rows; cells that are not given are empty, reason and reviewed_on are filled."""
    lines = seed_rows(root, seed)
    usual = {"reason": "A test needs it.", "reviewed_on": "2026-01-15"}
    for row in added:
        assert not set(row) - set(lines[0]), f"{seed} has no column {set(row) - set(lines[0])}"
        given = {**usual, **row}
        lines.append({name: given.get(name, "") for name in lines[0]})
    write_seed(root, seed, lines)


# -------------------------------------------------------------------------------------------- input


def read_parquet(path: Path) -> tuple[dict[str, str], list[tuple]]:
    """(column -> DuckDB type, rows) of a table: a Parquet file, or a folder of them."""
    pattern = path / "*.parquet" if path.is_dir() else path
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        cursor = connection.execute(f"select * from read_parquet('{pattern}')")
        return {column[0]: str(column[1]) for column in cursor.description}, cursor.fetchall()


def tables_of(folder: Path) -> dict[str, Path]:
    """Table -> its Parquet file or folder, in an input folder."""
    return {path.stem: path for path in sorted(folder.iterdir())}


def write_csv(path: Path, header: list[str], lines: list, **options: object) -> None:
    """A CSV file in UTF-8; `options` are those of csv.writer."""
    with path.open("w", encoding=options.pop("encoding", "utf-8"), newline="") as file:
        writer = csv.writer(file, **{"lineterminator": "\n", **options})
        writer.writerow(header)
        writer.writerows(lines)


def contract_columns() -> dict[str, dict[str, dict]]:
    """Contract table -> its columns (name -> kind and whether required), and its meta."""
    text = (ROOT / "models/staging/contract/_contract__sources.yml").read_text(encoding="utf-8")
    return {
        table["name"]: {
            "meta": table["config"]["meta"],
            "kinds": {column["name"]: column["data_type"] for column in table["columns"]},
            "required": [
                column["name"]
                for column in table["columns"]
                if column.get("config", {}).get("meta", {}).get("required")
            ],
        }
        for table in yaml.safe_load(text)["sources"][0]["tables"]
    }

"""The real project under test: a copy of it, dbt in this process, and a fast path past dbt's runs.

A dbt build takes some ten seconds, too long for hundreds of small inputs. The fast path lets dbt
compile the models once, and those that depend on the input's vars again for each input (a second);
the compiled SQL then runs in dependency order in a DuckDB database in memory. What it leaves out,
data tests, constraints and the hook that attaches the input, real builds cover.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from jinja2 import Template

from worlds import as_literal

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("dbt_project.yml", "profiles.yml", "macros", "models", "seeds", "tests/generic")
# What differs between inputs; a model that reads one of them is compiled for each input.
INPUT_VARS = (
    "as_of", "churn_source", "history_loaded_before", "inputs", "load_grace_hours",
    "reporting_currency",
)  # fmt: skip
SCORE_DATES, GATE = "int_score_dates", "int_audit_gate"


# ---------------------------------------------------------------------------------------------- dbt


def copy_project(folder: Path) -> Path:
    """The parts of the project that dbt reads, copied into a folder; returns the folder."""
    for part in PARTS:
        source = ROOT / part
        target = folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    return folder


def dbt(project: Path, *arguments: str, variables: dict | None = None, manifest: object = None):
    """Run a dbt command on a copied project, everything dbt writes inside of it; its result.

    With a manifest dbt does not parse again, whatever the vars. A failure is an AssertionError
    that names each failed node.
    """
    command = [
        *arguments,
        *("--project-dir", str(project), "--profiles-dir", str(project)),
        *("--target-path", str(project / "target"), "--log-path", str(project / "logs")),
        *("--log-level", "none", "--log-level-file", "none", "--quiet", "--no-write-json"),
        *("--vars", json.dumps(variables or {})),
    ]
    with built_in(project / "build"):
        outcome = dbtRunner(manifest=manifest).invoke(command)
    failed = [
        f"{result.node.name}: {result.message}"
        for result in getattr(outcome.result, "results", None) or []
        if result.status not in ("success", "pass", "no-op")
    ]
    assert outcome.success and not failed, "\n".join([str(outcome.exception), *failed])
    return outcome.result


@contextmanager
def built_in(folder: Path) -> Iterator[None]:
    """Let profiles.yml put the warehouse into the folder; afterwards nothing holds it open."""
    before, here = os.environ.get("HEALTH_BUILD_DIR"), os.getcwd()
    folder.mkdir(exist_ok=True)
    os.environ["HEALTH_BUILD_DIR"] = str(folder)
    try:
        yield
    finally:
        os.chdir(here)
        del os.environ["HEALTH_BUILD_DIR"]
        if before is not None:
            os.environ["HEALTH_BUILD_DIR"] = before
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()


def parsed(project: Path) -> object:
    """The project's manifest, parsed afresh."""
    return dbt(project, "parse", "--no-partial-parse")


def build(project: Path, manifest: object, variables: dict) -> None:
    """A whole dbt build with data tests, into a new warehouse; unit tests need no input."""
    warehouse(project).unlink(missing_ok=True)
    arguments = ("build", "--exclude-resource-type", "unit_test")
    dbt(project, *arguments, variables=variables, manifest=manifest)


def warehouse(project: Path) -> Path:
    return project / "build" / "warehouse.duckdb"


# ---------------------------------------------------------------------------------------- fast path


def ancestors_in_order(manifest: object, wanted: tuple[str, ...]) -> list:
    """Models and seeds that the wanted models read, and they, each after what it reads.

    The audit gate waits for every tested model and reads none; the score dates are given. So
    nothing is built for the sake of these two.
    """
    ids = {node.name: node_id for node_id, node in manifest.nodes.items() if is_relation(node)}
    ordered = {}

    def visit(node_id: str) -> None:
        node = manifest.nodes.get(node_id)
        if node is not None and node_id not in ordered:
            for parent in () if node.name in (GATE, SCORE_DATES) else node.depends_on_nodes:
                visit(parent)
            ordered[node_id] = node

    for name in wanted:
        visit(ids[name])
    return list(ordered.values())


def is_relation(node: object) -> bool:
    return str(node.resource_type) in ("model", "seed")


def reads_input_vars(manifest: object, node: object) -> bool:
    """Whether the model, or a macro that it calls, names one of INPUT_VARS."""
    pattern = re.compile(rf"""var\(\s*["']({"|".join(INPUT_VARS)})["']""")
    seen, waiting = set(), list(node.depends_on.macros)
    texts = [node.raw_code]
    while waiting:
        macro = manifest.macros[waiting.pop()]
        if macro.unique_id not in seen:
            seen.add(macro.unique_id)
            texts.append(macro.macro_sql)
            waiting += macro.depends_on.macros
    return any(pattern.search(text) for text in texts)


def compile_models(project: Path, manifest: object, names: list[str], variables: dict) -> dict:
    """Model name -> SQL as dbt renders it with these vars."""
    # As in a first run, whatever a build of the project has left behind.
    first = ("--full-refresh", "--no-populate-cache")
    arguments = ("compile", "--indirect-selection", "empty", *first)
    result = dbt(project, *arguments, "--select", *names, variables=variables, manifest=manifest)
    return {found.node.name: found.node.compiled_code for found in result.results}


def fast_path(project: Path, manifest: object, wanted: tuple[str, ...]) -> Callable:
    """Compile what the wanted models need, and return the function that builds it for an input.

    build(folder, variables, seeds, dates) takes the folder of the input's files, its dbt vars, the
    rows of text cells of every seed, and the score dates, which replace what the model of score
    dates has to say; it returns a connection to a database in memory.
    """
    nodes = ancestors_in_order(manifest, wanted)
    models = [node for node in nodes if str(node.resource_type) == "model"]
    of_input = [node.name for node in models if reads_input_vars(manifest, node)]
    of_all = compile_models(project, manifest, [node.name for node in models], {})

    def build(folder: Path, variables: dict, seeds: dict, dates: list) -> object:
        compiled = of_all | compile_models(project, manifest, of_input, variables)
        connection = empty_warehouse(manifest, nodes)
        for source in contract_sources(manifest):
            if source.name in variables["inputs"]["contract"]:
                attach_file(connection, manifest, source.relation_name, folder / source.identifier)
        for node in nodes:
            if str(node.resource_type) == "seed":
                load_seed(connection, node, seeds[node.name])
            elif node.name == SCORE_DATES:
                values = ", ".join(f"(date '{day}', 1)" for day in dates)
                connection.execute(
                    f"create table {node.relation_name} as "
                    f"select * from (values {values}) as days(score_date, is_due)"
                )
            else:
                build_model(connection, node, compiled[node.name])
        return connection

    return build


def contract_sources(manifest: object) -> list:
    return [source for source in manifest.sources.values() if source.source_name == "contract"]


def empty_warehouse(manifest: object, nodes: list) -> object:
    """A connection to a database in memory of the build's name, with the schemas in it."""
    connection = duckdb.connect()
    database = nodes[0].database
    connection.execute(f"attach ':memory:' as {database}; use {database}")
    connection.execute("set TimeZone = 'UTC'; set threads = 1")
    for schema in sorted({node.schema for node in [*nodes, *contract_sources(manifest)]}):
        connection.execute(f"create schema {schema}")
    return connection


def readers_of(manifest: object, stem: Path) -> dict[str, str]:
    """Glob pattern -> how DuckDB reads it, for a table of the input, out of the project's macro."""
    macro = manifest.macros["macro.customer_health.duckdb__attach_file"].macro_sql
    readers = re.search(r"set readers = (\{.*?\}) -%\}", macro, flags=re.DOTALL)[1]
    return json.loads(Template(f"{{{{ ({readers}) | tojson }}}}").render(stem=str(stem)))


def attach_file(connection: object, manifest: object, relation: str, stem: Path) -> None:
    """A view over the files of a table of the input, as the project's hook makes it."""
    for pattern, reader in readers_of(manifest, stem).items():
        if glob(pattern):
            connection.execute(f"create view {relation} as select * from {reader}")


def load_seed(connection: object, node: object, rows: list[dict[str, str]]) -> None:
    """The seed as a table of its declared column types; an empty cell is NULL."""
    types = node.config.column_types
    columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
    connection.execute(f"create table {node.relation_name} ({columns})")
    if rows:
        values = ", ".join(
            f"({', '.join(as_literal(row[name] or None) for name in types)})" for row in rows
        )
        connection.execute(f"insert into {node.relation_name} values {values}")


def build_model(connection: object, node: object, sql: str) -> None:
    """The model as dbt materialises it: a view, or a table of the columns of its contract."""
    if node.config.materialized == "view":
        connection.execute(f"create view {node.relation_name} as {sql}")
        return
    types = ", ".join(f"{column.name} {column.data_type}" for column in node.columns.values())
    connection.execute(f"create table {node.relation_name} ({types})")
    connection.execute(f"insert into {node.relation_name} by name {sql}")


def seed_rows(name: str) -> list[dict[str, str]]:
    """The rows of a seed as it is shipped."""
    with (ROOT / "seeds" / "config" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class CutModels:
    """Models and all they need down to `leaves`, compiled once; `build` makes them in memory."""

    def __init__(
        self, project: object, manifest: object, wanted: tuple[str, ...], leaves: set[str]
    ) -> None:
        nodes = ancestors_in_order(manifest, wanted)
        by_name = {node.name: node for node in nodes}
        needed, waiting = set(), list(wanted)
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                if name not in leaves:
                    parents = [manifest.nodes.get(p) for p in by_name[name].depends_on_nodes]
                    waiting += [parent.name for parent in parents if parent is not None]
        self.manifest = manifest
        self.leaves = leaves
        self.nodes = [node for node in nodes if node.name in needed]
        models = [
            node.name for node in self.nodes
            if str(node.resource_type) == "model" and node.name not in leaves
        ]  # fmt: skip
        self.compiled = compile_models(project, manifest, models, {})

    def build(
        self, tables: dict[str, list[dict]], seeds: dict[str, list[dict]] | None = None
    ) -> duckdb.DuckDBPyConnection:
        """A warehouse of `tables` (by leaf; else empty) and of the shipped seeds or `seeds`."""
        connection = empty_warehouse(self.manifest, self.nodes)
        connection.execute("set threads = 2")
        for node in self.nodes:
            if str(node.resource_type) == "seed":
                own = (seeds or {}).get(node.name)
                load_seed(connection, node, seed_rows(node.name) if own is None else own)
            elif node.name in self.leaves:
                fill(connection, node, tables.get(node.name, []))
            else:
                build_model(connection, node, self.compiled[node.name])
        return connection


def fill(connection: duckdb.DuckDBPyConnection, node: object, rows: list[dict]) -> None:
    """A table with the columns of the contract; what a row does not say is NULL."""
    types = {column.name: column.data_type for column in node.columns.values()}
    columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
    connection.execute(f"create table {node.relation_name} ({columns})")
    names = sorted({name for row in rows for name in row})
    assert set(names) <= set(types), f"{node.name} has no {set(names) - set(types)}"
    for start in range(0, len(rows), 500):
        values = ", ".join(
            "(" + ", ".join(as_literal(text_of(row.get(name))) for name in names) + ")"
            for row in rows[start : start + 500]
        )
        connection.execute(f"insert into {node.relation_name} ({', '.join(names)}) values {values}")


def text_of(cell: object) -> str | None:
    return None if cell is None else str(cell)

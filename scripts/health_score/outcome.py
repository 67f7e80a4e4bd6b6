"""Failed dbt nodes as sentences, with the exit code that they mean."""

import csv
import re
from pathlib import Path

from .exits import BAD_CONFIG, BAD_INPUT, CRASH, FAILED_AUDIT, Problem
from .project import shown, words

FINE = {"success", "pass", "warn", "skipped", "no-op", "reused"}
CONFIG_ERRORS = "int_config_errors"
ROWS_SHOWN = 5
NOBODY_CAUSES = (
    "the score date lies outside the data: compare it with the days of the input (--as-of)",
    "no account had signed up by the score date, or each one has left (ended subscriptions)",
    "_loaded_at of the rows is later than the score date, as after a bulk load: "
    "set the var history_loaded_before in dbt_project.yml",
    "too little of what the scores weigh is fed or recent: ./health check says what is not fed",
    "every row was rejected: look at rejected_rows in the build file",
)


def failures(results):
    """The results that failed, in the order dbt ran them."""
    return [result for result in results if str(result.status) not in FINE]


def check_results(project, results, build=None):
    """Raise the Problem that failed nodes mean; return when there are none.

    Several kinds at once: what the user can mend first wins (config, then input,
    then a broken model, then the audit).
    """
    failed = failures(results)
    if not failed:
        return
    warehouse = (build or project.build) / "warehouse.duckdb"
    for kind, (code, sentence, describe_one) in KINDS.items():
        details = [
            line
            for result in failed
            if kind_of(result) == kind
            for line in describe_one(project, result, warehouse)
        ]
        if details:
            raise Problem(code, sentence, details)


def kind_of(result):
    """One word for what went wrong: config, seed, input, nobody, broken or audit."""
    node, message = result.node, str(result.message)
    depends_on = list(getattr(node.depends_on, "nodes", []))
    if node.resource_type == "seed":
        return "seed"
    if node.resource_type == "operation":
        return "input"
    if node.resource_type == "test":
        if any(name.endswith(f".{CONFIG_ERRORS}") for name in depends_on):
            return "config"
        if "__somebody_is_" in node.name:  # live, scored
            return "nobody"
        if str(result.status) != "fail":
            return "broken"
        only_seeds = depends_on and all(name.startswith("seed.") for name in depends_on)
        return "seed" if only_seeds else "audit"
    if node.resource_type == "unit_test" or "Constraint Error" in message:
        return "audit"
    if re.search(r"CSV Error|read_csv|read_parquet|Parquet", message):
        return "input"
    return "broken"


def describe(project, result, warehouse):
    """A failed node: for a data test its claim and rows, else the database's own words."""
    node = result.node
    if node.resource_type != "test" or str(result.status) != "fail":
        lines = words(re.sub(r"^[\w ]+ Error in [^\n]*\n", "", str(result.message)))
        where = getattr(node, "original_file_path", "")
        return [f"{node.resource_type} {node.name} ({where})", *(f"  {x}" for x in lines[:30])]
    count = "1 row breaks it" if result.failures == 1 else f"{result.failures:,} rows break it"
    lines = [f"{node.name}: {count}"]
    if node.description:
        lines.append(f"  {' '.join(node.description.split())}")
    if node.relation_name:
        stored = ".".join(part.strip('"') for part in node.relation_name.split(".")[1:])
        lines += [f"  {row}" for row in first_rows(warehouse, stored)]
        lines.append(f"  all of them: select * from {stored} in {shown(warehouse)}")
    return lines


def first_rows(warehouse, relation, limit=ROWS_SHOWN):
    """The first rows of a relation as 'column=value, ...'; none when it cannot be read."""
    import duckdb

    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            cursor = connection.execute(f"select * from {relation} limit {limit}")
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
    except duckdb.Error:
        return []
    return [", ".join(f"{n}={v}" for n, v in zip(names, row, strict=True)) for row in rows]


def describe_config(project, result, warehouse):
    """The rows of int_config_errors: file, line, sentence."""
    import duckdb

    if str(result.status) != "fail":
        return describe(project, result, warehouse)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            f"select distinct file_name, row_key, problem from intermediate.{CONFIG_ERRORS} "
            "order by all"
        ).fetchall()
    return [config_sentence(project.root, *row) for row in rows]


def config_sentence(root, file_name, row_key, problem):
    """'seeds/config/x.csv, line 7 (signal=y): what is wrong'."""
    path = Path("seeds/config") / Path(str(file_name)).with_suffix(".csv").name
    lines = lines_of_row(root / path, row_key)
    where = ""
    if lines:
        listed = ", ".join(str(line) for line in lines[:5]) + (", ..." if len(lines) > 5 else "")
        where = f", line {listed}" if len(lines) == 1 else f", lines {listed}"
    key = f" ({row_key})" if row_key else ""
    return f"{path}{where}{key}: {problem}"


def lines_of_row(path, row_key):
    """Line numbers of the CSV rows that have every 'column=value' of `row_key`.

    A dimension is looked up by the row's signal where the file has no such column.
    """
    pairs = [part.split("=", 1) for part in re.split(r",\s*(?=\w+\s*=)", row_key or "") if part]
    wanted = {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) == 2}
    if not wanted or not path.is_file():
        return []
    found, begins = [], 1
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        begins = reader.line_num + 1
        dimensions = {} if "dimension" in header else dimensions_of_signals(path.parent)
        for row in reader:
            cells = dict(zip(header, row, strict=False))
            cells.setdefault("dimension", dimensions.get(cells.get("signal"), ""))
            if wanted.keys() <= cells.keys() and all(
                same(cells[name], value) for name, value in wanted.items()
            ):
                found.append(begins)
            begins = reader.line_num + 1
    return found


def dimensions_of_signals(folder):
    """Signal -> dimension, from signals.csv; empty where that cannot be read."""
    try:
        with open(folder / "signals.csv", newline="", encoding="utf-8-sig") as file:
            return {row["signal"]: row["dimension"] for row in csv.DictReader(file)}
    except (OSError, KeyError):
        return {}


def same(cell, value):
    """Equal as text or as numbers: the database writes 5 as 5.000000."""
    if cell.strip() == value:
        return True
    try:
        return float(cell) == float(value)
    except ValueError:
        return False


def check_somebody(warehouse):
    """Raise the Problem of a run that scores nobody on the primary scorecard."""
    import duckdb

    with duckdb.connect(str(warehouse), read_only=True) as connection:
        scored = connection.execute("select count(effective_score) from marts.account_health")
        if scored.fetchone()[0] == 0:
            code, sentence, describe_one = KINDS["nobody"]
            raise Problem(code, sentence, describe_one(None, None, warehouse))


def describe_nobody(project, result, warehouse):
    """The score date and why a run can score nobody on it."""
    dates = first_rows(warehouse, "intermediate.int_score_dates")
    return [*dates, "Likely causes:", *(f"  - {cause}" for cause in NOBODY_CAUSES)]


KINDS = {
    "config": (BAD_CONFIG, "The configuration is wrong.", describe_config),
    "seed": (BAD_CONFIG, "The configuration cannot be used.", describe),
    "input": (BAD_INPUT, "The input cannot be read.", describe),
    "broken": (CRASH, "A model cannot be built.", describe),
    "nobody": (BAD_INPUT, "This run would score nobody.", describe_nobody),
    "audit": (FAILED_AUDIT, "The audit found rows that must not be published.", describe),
}

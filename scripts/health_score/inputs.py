"""What an input folder feeds: which connector, tables and columns, of which kinds.

The connectors and their tables are those of models/staging/*/*.yml. What is found
becomes the dbt var `inputs`: connector -> table -> column -> raw kind.
"""

import csv
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import yaml

from .exits import BAD_INPUT, USAGE, Problem

# The note that ./health demo leaves beside what it wrote.
SYNTHETIC = "SYNTHETIC.md"

# Every option that DuckDB would otherwise guess is fixed, so that no row is taken
# for a comment, a preamble or a header.
CSV_OPTIONS = (
    "header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', "
    "comment = '', skip = 0, strict_mode = true, null_padding = false"
)
# Kinds of raw columns that can become a kind of the contract.
FITS = {
    "text": {"text", "whole number"},
    "timestamp": {"text", "timestamp", "timestamptz", "date"},
    "date": {"text", "timestamp", "timestamptz", "date"},
    "number": {"text", "whole number", "number"},
    "boolean": {"text", "boolean", "whole number"},
}
WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"}


@dataclass(frozen=True)
class Table:
    """A source table of a connector: its file's stem, and its columns' kinds."""

    name: str
    stem: str
    columns: dict
    required: frozenset


@dataclass
class Input:
    """What a folder feeds. `inputs` is the dbt var, `tables` what to tell about each."""

    folder: Path
    inputs: dict = field(default_factory=dict)
    tables: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    @property
    def is_synthetic(self):
        """Whether ./health demo made it."""
        return (self.folder / SYNTHETIC).exists()


def connectors(root):
    """Connector -> its Tables, from the sources' YAML under models/staging."""
    found = {}
    for path in sorted(Path(root).glob("models/staging/*/*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for source in content.get("sources", []):
            found[source["name"]] = [table_of(source["name"], t) for t in source["tables"]]
    return found


def table_of(connector, table):
    columns = {column["name"]: column.get("data_type", "text") for column in table["columns"]}
    required = {
        column["name"]
        for column in table["columns"]
        if column.get("config", {}).get("meta", {}).get("required")
    }
    if connector == "contract":
        columns.setdefault("_loaded_at", "timestamp")
    stem = table.get("identifier", table["name"])
    return Table(table["name"], stem, columns, frozenset(required))


def discover(root, folder, connector=None, count=True):
    """What `folder` feeds, as an Input; Problem BAD_INPUT with all that is wrong with it.

    `connector` names the only one to use (USAGE when there is none of that name), else
    all whose files are there are used. With `count` CSV files are read to their end, so
    that a broken line is found before anything is built.
    """
    folder = Path(folder)
    known = connectors(root)
    if connector is not None and connector not in known:
        raise Problem(USAGE, f"There is no connector {connector}; there are: {names(known)}.")
    if not folder.is_dir():
        raise Problem(BAD_INPUT, f"There is no folder {folder}.")
    if set("'*?[]{}") & set(str(folder)):
        raise Problem(
            BAD_INPUT, f"The path {folder} holds a quote or a wildcard; please rename the folder."
        )
    chosen = {connector: known[connector]} if connector else known
    result = Input(folder)
    used = set()
    for name, tables in chosen.items():
        for table in tables:
            files = files_of(folder, table, result)
            if files:
                used.update(files)
                read_table(name, table, files, result, count)
    if not used:
        raise Problem(BAD_INPUT, nothing_found(folder, chosen), result.errors)
    check_accounts(chosen, result)
    note_unused(folder, used, result)
    if result.errors:
        raise Problem(BAD_INPUT, f"The input {folder} cannot be used.", result.errors)
    return result


def names(items):
    return ", ".join(sorted(items))


def files_of(folder, table, result):
    """The files that hold a table: one Parquet or CSV file, or a folder of Parquet files."""
    parquet, text = folder / f"{table.stem}.parquet", folder / f"{table.stem}.csv"
    parts = sorted((folder / table.stem).glob("*.parquet"))
    found = [[path] for path in (parquet, text) if path.is_file()] + ([parts] if parts else [])
    if len(found) > 1:
        result.errors.append(
            f"{table.stem} is there more than once, as {parquet.name}, {text.name} or the folder "
            f"{table.stem}/. Keep one."
        )
    return found[0] if found else []


def nothing_found(folder, chosen):
    expected = "; ".join(
        f"{name}: " + ", ".join(table.stem for table in tables[:4]) + ", ..."
        for name, tables in chosen.items()
    )
    return (
        f"{folder} holds no file that a connector reads. Looked for <table>.parquet, <table>.csv "
        f"or <table>/*.parquet, with the tables {expected}"
    )


def check_accounts(chosen, result):
    """Without accounts there is nobody to score."""
    for name in result.inputs:
        if any(is_accounts(table) for table in result.inputs[name]):
            return
    if any("accounts" in error for error in result.errors):
        return  # there, but broken: said already
    wanted = [t.stem for name in chosen for t in chosen[name] if is_accounts(t.name)]
    result.errors.append(
        f"There is no accounts table ({' or '.join(wanted)} as .parquet or .csv); it is the one "
        "table that must be there."
    )


def is_accounts(name):
    return name == "accounts" or name.endswith("_accounts")


def note_unused(folder, used, result):
    """Tell of data files that nothing reads: a misspelt name would otherwise go unnoticed."""
    data = [path for path in folder.iterdir() if path.suffix.lower() in {".parquet", ".csv"}]
    unused = sorted(path.name for path in data if path not in used)
    if unused:
        result.notes.append(f"Not read, because no connector knows them: {', '.join(unused)}.")


def read_table(connector, table, files, result, count):
    """Add one table to `result`: its columns' kinds, or what is wrong with its files."""
    import duckdb

    listing = ", ".join(f"'{path}'" for path in files)
    is_csv = files[0].suffix == ".csv"
    reader = f"read_csv({listing}, {CSV_OPTIONS})" if is_csv else f"read_parquet([{listing}])"
    problem = csv_header_problem(files[0], table) if is_csv else None
    if problem:
        result.errors.append(problem)
        return
    try:
        with duckdb.connect() as connection:
            present = described(connection, reader)
            for path in files[1:]:
                other = described(connection, f"read_parquet('{path}')")
                if other != present:
                    result.errors.append(difference(files[0], present, path, other))
                    return
            rows = connection.execute(f"select count(*) from {reader}").fetchone()[0] if (
                count or not is_csv
            ) else None  # fmt: skip
            columns, errors, notes = match(connection, reader, table, present)
            if rows == 0:
                notes.append("there are no rows, so what needs them is not applicable.")
    except duckdb.Error as error:
        result.errors.append(unreadable(files, str(error), is_csv))
        return
    where = files[0].parent.name + "/" if len(files) > 1 else files[0].name
    result.errors += [f"{where}: {error}" for error in errors]
    result.notes += [f"{where}: {note}" for note in notes]
    result.inputs.setdefault(connector, {})[table.name] = columns
    result.tables.append((connector, table.name, where, rows, len(columns), len(table.columns)))


def described(connection, reader):
    """Column name (lower case) -> DuckDB's type."""
    rows = connection.execute(f"describe select * from {reader}").fetchall()
    return {row[0].lower(): row[1] for row in rows}


def difference(first, present, path, other):
    """One sentence on two Parquet files of a table that do not have the same columns."""
    columns = sorted(set(present.items()) ^ set(other.items()))
    return (
        f"{path.parent.name}/{path.name} has other columns than {first.name}: "
        f"{names({name for name, _ in columns})}. All files of a table need the same columns."
    )


def match(connection, reader, table, present):
    """(columns that are fed with their raw kinds, errors, notes) of one table."""
    fed, errors, notes = {}, [], []
    for column, kind in table.columns.items():
        if column.lower() not in present:
            if column in table.required:
                errors.append(f"the column {column} is missing, and {table.name} needs it.")
            continue
        raw_type = present[column.lower()]
        raw = raw_kind(raw_type)
        if raw in FITS[kind]:
            fed[column] = "number" if raw == "whole number" else raw
        elif column not in table.required and is_empty(connection, reader, column):
            notes.append(f"{column} is empty in every row, so it counts as absent.")
        else:
            wanted = "text" if kind == "text" else f"a {kind} or text"
            errors.append(f"the column {column} should be {wanted} but is {raw_type}.{hint(raw)}")
    known = {column.lower() for column in table.columns}
    extra = [column for column in present if column not in known]
    if extra:
        notes.append(f"ignored, because the contract does not know them: {', '.join(extra)}.")
    return fed, errors, notes


def hint(raw):
    if raw == "number":
        return " A key that is a fraction (7.0) does not match the same key as text (7)."
    return ""


def is_empty(connection, reader, column):
    query = f'select count("{column}") from {reader}'
    return connection.execute(query).fetchone()[0] == 0


def raw_kind(raw_type):
    """A DuckDB type as a raw kind; None for nested types, bytes and intervals.

    'whole number' is a number here and may also be a key or a flag.
    """
    if raw_type.endswith("]") or raw_type.startswith(("STRUCT", "MAP", "UNION")):
        return None
    plain = re.sub(r"\(.*\)", "", raw_type).strip()
    if plain.startswith("DECIMAL"):
        return "whole number" if raw_type.replace(" ", "").endswith(",0)") else "number"
    if plain.removeprefix("U") in WHOLE:
        return "whole number"
    if plain in {"VARCHAR", "UUID", "ENUM"}:
        return "text"
    if plain in {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}:
        return "timestamp"
    others = {
        "DOUBLE": "number",
        "FLOAT": "number",
        "BOOLEAN": "boolean",
        "DATE": "date",
        "TIMESTAMP WITH TIME ZONE": "timestamptz",
    }
    return others.get(plain)


def csv_header_problem(path, table):
    """One sentence when the first line of a CSV is no header for `table`, else None."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            header = next(csv.reader(file), [])
    except UnicodeDecodeError:
        line, sentence = bad_line(path)
        return f"{path.name}, line {line}: {sentence}"
    except (OSError, csv.Error) as error:
        return f"{path.name} cannot be read: {error}."
    cells = [cell.strip().lower() for cell in header]
    if not any(cells):
        return f"{path.name} is empty: its first line must name the columns."
    if len(cells) == 1:
        for sign, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if sign in cells[0]:
                return f"{path.name} separates by {word}; it must separate by commas."
    known = {column.lower() for column in table.columns}
    double = sorted({cell for cell in cells if cells.count(cell) > 1 and cell in known})
    if double:
        return f"{path.name}, line 1: more than one column is named {', '.join(double)}."
    return None


def unreadable(files, message, is_csv):
    """One sentence on a file that DuckDB cannot read, with the line where it is a CSV."""
    path = files[0]
    first = next((line for line in message.splitlines() if line.strip()), message)
    if not is_csv:
        named = next((str(p) for p in files if str(p) in message), path.name)
        return f"{Path(named).name} is no readable Parquet file: {first.split(': ', 1)[-1]}"
    found = bad_line(path)
    if found:
        return f"{path.name}, line {found[0]}: {found[1]}"
    at = re.search(r"CSV Error on Line: (\d+)", message)
    where = f", line {at[1]}" if at else ""
    return f"{path.name}{where} cannot be read: {first.split(': ', 1)[-1]}"


def bad_line(path):
    """(line number, what is wrong) of the first CSV line that breaks the format, or None."""
    try:
        with open(path, "rb") as file:
            for line, content in enumerate(file, 1):
                content.decode("utf-8-sig" if line == 1 else "utf-8")
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            width, begins = len(next(reader)), reader.line_num + 1
            for row in reader:
                if row and len(row) != width:
                    return begins, f"{len(row)} cells where the header has {width}."
                begins = reader.line_num + 1
    except UnicodeDecodeError:
        return line, "not UTF-8; save the file as UTF-8."
    except csv.Error:
        return begins, "a quote is opened and not closed, or stands in the middle of a cell."
    return mixed_line_ends(path)


def mixed_line_ends(path):
    """The first line that ends otherwise than the one before it (CRLF or LF), or None."""
    with open(path, "rb") as file:
        ends = ((line, content.endswith(b"\r\n")) for line, content in enumerate(file, 1))
        for (_, before), (line, after) in pairwise(ends):
            if before != after:
                return line, "line ends differ (CRLF and LF are mixed); use one kind."
    return None

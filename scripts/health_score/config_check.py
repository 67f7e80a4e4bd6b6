"""Structural check of the config seeds, before dbt sees them.

seeds/config/*.yml say which files, columns and types there must be. What the
numbers mean together (weights, tiers, bands) is checked by the models.
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml

from .exits import BAD_CONFIG, Problem
from .terminal import plural

FOLDER = "seeds/config"
TEXT = {"text", "varchar", "string"}
WHOLE = {"integer", "int", "bigint", "smallint"}
TRUTH = {"true", "false", "t", "f", "1", "0"}


@dataclass(frozen=True)
class Trouble:
    """One thing wrong in one file; line and column are None where they do not apply."""

    file: str
    line: int | None
    column: str | None
    sentence: str

    def __str__(self):
        line = f", line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{line}{column}: {self.sentence}"


def check_config(root):
    """Raise Problem BAD_CONFIG with every structural trouble of the seeds, if there is any."""
    troubles = config_troubles(root)
    if troubles:
        count = plural(len(troubles), "thing is", "things are")
        raise Problem(BAD_CONFIG, f"{count} wrong in the config seeds.", map(str, troubles))


def config_troubles(root):
    """All structural Troubles of the config seeds of a project, by file and line."""
    folder = Path(root) / FOLDER
    seeds = declared_seeds(folder)
    troubles = []
    for name in sorted(seeds):
        path = folder / f"{name}.csv"
        if path.is_file():
            troubles += file_troubles(path, seeds[name])
        else:
            troubles.append(Trouble(f"{FOLDER}/{name}.csv", None, None, "the file is missing."))
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in seeds:
            troubles.append(
                Trouble(f"{FOLDER}/{path.name}", None, None, "no YAML file beside it describes it.")
            )
    return troubles


def declared_seeds(folder):
    """Seed -> column -> type, as the YAML files of `folder` declare them."""
    seeds = {}
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for seed in content.get("seeds", []):
            types = dict(seed.get("config", {}).get("column_types") or {})
            for column in seed.get("columns", []):
                types.setdefault(column["name"], column.get("data_type", "text"))
            seeds[seed["name"]] = {name: str(kind).lower() for name, kind in types.items()}
    return seeds


def file_troubles(path, types):
    """The Troubles of one CSV file whose columns must be those of `types`, in any order."""
    name = f"{FOLDER}/{path.name}"
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return [Trouble(name, line, None, "the file is not UTF-8; save it as UTF-8.")]
    try:
        rows = list(numbered_rows(text))
    except csv.Error as error:
        return [Trouble(name, None, None, f"it is no CSV: {error}.")]
    if not rows:
        return [Trouble(name, 1, None, "the file is empty; line 1 must name the columns.")]
    (_, header), *body = rows
    troubles = [Trouble(name, 1, *wrong) for wrong in header_troubles(header, types)]
    if troubles:
        return troubles
    for line, cells in body:
        if len(cells) != len(header):
            counts = f"{len(cells)} cells where the header has {len(header)}"
            troubles.append(Trouble(name, line, None, f"{counts}; is a comma unquoted?"))
            continue
        for column, cell in zip(header, cells, strict=True):
            sentence = cell_trouble(cell, types[column])
            if sentence:
                troubles.append(Trouble(name, line, column, sentence))
    return troubles


def numbered_rows(text):
    """(line number of its first line, cells) of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    for cells in reader:
        if cells:
            yield begins, cells
        begins = reader.line_num + 1


def header_troubles(header, types):
    """(column, sentence) for each thing wrong with a header line."""
    if len(header) == 1 and ";" in header[0]:
        return [(None, "the file separates by semicolons; it must separate by commas.")]
    wrong = [
        (column, "the column is there more than once.")
        for column in dict.fromkeys(header)
        if header.count(column) > 1
    ]
    wrong += [(column, "the column is missing.") for column in types if column not in header]
    known = ", ".join(types)
    wrong += [
        (column or "(no name)", f"the column is unknown; the columns are {known}.")
        for column in header
        if column not in types
    ]
    return wrong


def cell_trouble(cell, kind):
    """A sentence when `cell` is no value of the SQL type `kind`, else None.

    A number, date or truth value may be empty (NULL); a text may not.
    """
    base = re.sub(r"\(.*\)", "", kind).strip()
    if base in TEXT:
        return text_trouble(cell)
    if cell == "":
        return None
    if base in WHOLE:
        fits = re.fullmatch(r"[+-]?\d+", cell)
        return None if fits else f"'{cell}' is no whole number."
    if base == "date":
        return date_trouble(cell)
    if base in {"boolean", "bool"}:
        return None if cell.lower() in TRUTH else f"'{cell}' is neither true nor false."
    if base in {"numeric", "decimal", "double", "float", "double precision"}:
        return decimal_trouble(cell, kind)
    return None


def text_trouble(cell):
    if cell.strip() == "":
        return "the text is empty; write a value ('*' where any is meant)."
    if cell != cell.strip():
        return f"'{cell}' begins or ends with a blank, so it matches nothing."
    if cell.lower() == "null":
        return "the text null is read as an empty cell on some databases; write something else."
    return None


def date_trouble(cell):
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell) and date.fromisoformat(cell):
            return None
    except ValueError:
        pass
    return f"'{cell}' is no date; write it as 2026-01-31."


def decimal_trouble(cell, kind):
    """A number with a decimal point that the type holds without rounding."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", cell):
        more = " Write the decimal sign as a point." if "," in cell else ""
        return f"'{cell}' is no number.{more}"
    size = re.search(r"\((\d+)\s*(?:,\s*(\d+))?\)", kind)
    if not size:
        return None
    precision, scale = int(size[1]), int(size[2] or 0)
    try:
        value = Decimal(cell)
    except InvalidOperation:
        return f"'{cell}' is no number."
    if value != round(value, scale):
        return f"'{cell}' has more than {scale} decimals."
    if abs(value) >= Decimal(10) ** (precision - scale):
        return f"'{cell}' is too large for {kind}."
    return None

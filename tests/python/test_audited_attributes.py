"""Seeds use what the fairness audit compares by only where audited_attributes.csv allows it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

CONFIG = Path(__file__).resolve().parents[2] / "seeds" / "config"
# Column of the contract, or of a seed without its bounds -> attribute.
COLUMNS = {"plan": "plan", "employee_count": "size", "region": "region", "industry": "industry"}


def seed(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def uses(folder: Path) -> set[tuple[str, str, str]]:
    """(attribute, 'profiles' or 'weighs', where) of every seed column and cell that names one."""
    found = set()
    for path in sorted(folder.glob("*.csv")):
        if path.stem == "audited_attributes":
            continue
        for row in seed(folder, path.stem):
            for column, cell in row.items():
                named = column.removesuffix("_from").removesuffix("_below")
                if named in COLUMNS and (cell or "") not in ("", "*"):
                    kind = "profiles" if path.stem == "profiles" else "weighs"
                    found.add((COLUMNS[named], kind, f"{path.stem}.{column}"))
            if path.stem == "signal_inputs" and row["column_name"] in COLUMNS:
                attribute = COLUMNS[row["column_name"]]
                found.add((attribute, "weighs", f"signal_inputs {row['signal']}"))
    return found


def forbidden(folder: Path) -> list[tuple[str, str, str]]:
    allowed = {row["attribute"]: row for row in seed(folder, "audited_attributes")}
    columns = {"profiles": "may_choose_profiles", "weighs": "may_weigh"}
    return sorted(use for use in uses(folder) if allowed[use[0]][columns[use[1]]] != "1")


def test_no_seed_uses_an_attribute_that_it_may_not() -> None:
    assert not forbidden(CONFIG)
    assert ("size", "profiles", "profiles.employee_count_below") in uses(CONFIG)


@pytest.mark.parametrize(
    ("name", "header", "line", "expected"),
    [
        ("profiles", "profile,region", "north,EMEA", ("region", "profiles", "profiles.region")),
        (
            "signal_inputs", "signal,table_name,column_name", "sector,accounts,industry",
            ("industry", "weighs", "signal_inputs sector"),
        ),
        ("score_caps", "cap_name,plan", "cheap,Starter", ("plan", "weighs", "score_caps.plan")),
    ],
)  # fmt: skip
def test_a_use_that_is_not_allowed_is_found(
    tmp_path: Path, name: str, header: str, line: str, expected: tuple
) -> None:
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    (folder / f"{name}.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    assert expected in forbidden(folder)

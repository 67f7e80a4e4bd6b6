"""The real project and the reference in plain Python agree on random small inputs.

Most inputs take the fast path (see real_project), a few a whole `dbt build`. The inputs are the
same in every run; HEALTH_LONG_TESTS=1 takes 200 others in each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import reference
from comparison import (
    INTERMEDIATE,
    MARTS,
    built,
    built_counts,
    differences,
    expected,
    expected_counts,
    expected_rejected,
    rejected_counts,
    report,
)
from real_project import ROOT, build, warehouse
from reference_input import CONTRACT
from world_rows import ACCOUNT_KINDS
from worlds import (
    build_world,
    declared_columns,
    declared_inputs,
    retuned,
    shapes,
    write_config,
    write_world,
)

IS_LONG = os.environ.get("HEALTH_LONG_TESTS") == "1"
WORLDS = settings(
    max_examples=200 if IS_LONG else 24,
    derandomize=not IS_LONG,
    # Making a failing world smaller takes minutes; the difference is told line by line anyway.
    phases=(Phase.explicit, Phase.generate, *([Phase.shrink] if IS_LONG else [])),
    print_blob=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# Days before D that are scored with it: a future, a day, the edges of windows, a year.
OTHER_DATES = (-1, 1, 27, 28, 30, 89, 90, 364, 365, 366)


# Where the counted and the rejected rows of the input are.
INPUTS = ("intermediate.int_input_rows", "intermediate.int_rejected_rows")
MART_INPUTS = ("marts.input_rows", "marts.rejected_rows")


def seeds() -> dict:
    return reference.load_config(ROOT / "seeds" / "config")


def results_of(world: dict, config: dict, dates: list[date]) -> dict:
    return reference.score(
        world["tables"], declared_columns(world), config, world["variables"], dates
    )


def dbt_variables(world: dict, format: str) -> dict:
    return {**world["variables"], "inputs": declared_inputs(world, format)}


def all_differences(connection: object, results: dict, relations: dict, inputs: tuple) -> list[str]:
    """Lines that tell what differs, in the order of the flow; `inputs`: counted, rejected rows."""
    input_rows, rejected_rows = inputs
    lines = differences("rows", built_counts(connection, input_rows), expected_counts(results))
    lines += differences(
        "rejected", rejected_counts(connection, rejected_rows), expected_rejected(results)
    )
    theirs = expected(results, relations)
    for part, ours in built(connection, relations).items():
        lines += differences(part, ours, theirs[part])
    return lines


def seen_in(results: dict) -> set:
    """What the results show, so that a run can prove that it compared something of everything."""
    seen = {("signal", key[2], row["state"]) for key, row in results["signals"].items()}
    seen |= {("profile", row["profile"]) for row in results["accounts"].values()}
    seen |= {("stage", row["lifecycle_stage"]) for row in results["accounts"].values()}
    seen |= {("override", row["override_kind"]) for row in results["scores"].values()}
    seen |= {("cap", row["cap_name"] is not None) for row in results["scores"].values()}
    seen |= {("no score", row["score"] is None) for row in results["scores"].values()}
    seen |= {("imputed", row["is_imputed"]) for row in results["drivers"].values()}
    return seen | {
        (status, table)
        for table, counts in results["counts"].items()
        for status, count in counts.items()
        if count
    }


def to_be_seen() -> set:
    """Every signal measured, every state, every kind of account, score and row at least once."""
    config = seeds()
    wanted = {("signal", row["signal"], "measured") for row in config["signals"]}
    wanted |= {("signal", "usage_trend", state) for state in ("stale", "missing", "not_applicable")}
    wanted |= {("profile", row["profile"]) for row in config["profiles"]}
    wanted |= {("stage", stage) for stage in ("trial", "onboarding", "established")}
    wanted |= {("override", kind) for kind in ("set", "cap", "floor", None)}
    wanted |= {
        (what, answer) for what in ("cap", "no score", "imputed") for answer in (True, False)
    }
    wanted |= {(status, name) for name in CONTRACT for status in ("accepted", "rejected")}
    return wanted | {("duplicate", "usage_events"), ("superseded", "support_tickets")}


def test_the_fast_path_equals_the_reference(build_fast: Callable) -> None:
    """Every fact of every account on several dates at once, with shipped and with other seeds."""
    seen = set()

    @WORLDS
    @given(
        shape=shapes(),
        format=st.sampled_from(("parquet", "csv")),
        tuning=st.none() | st.integers(0, 99),
        others=st.sets(st.sampled_from(OTHER_DATES), min_size=2, max_size=3),
    )
    def compare(shape: dict, format: str, tuning: int | None, others: set[int]) -> None:
        world = build_world(shape)
        dates = [*world["score_dates"], *(shape["day"] - timedelta(days=days) for days in others)]
        config = seeds() if tuning is None else retuned(seeds(), tuning)
        results = results_of(world, config, dates)
        with TemporaryDirectory() as folder:
            files = write_world(world, folder, format)
            variables = dbt_variables(world, format)
            with build_fast(files, variables, config, dates) as connection:
                lines = all_differences(connection, results, INTERMEDIATE, INPUTS)
        assert not lines, report(lines)
        seen.update(seen_in(results))

    compare()
    missed = sorted(map(str, to_be_seen() - seen))
    assert not missed, f"no input of this run shows {', '.join(missed)}"


PARQUET = {
    "seed": 11, "day": date(2024, 2, 29), "kinds": [*ACCOUNT_KINDS, *ACCOUNT_KINDS, "steady"],
    "fullness": dict.fromkeys(CONTRACT, "full") | {"churn_events": "absent", "users": "sparse"},
    "silent": {"csm_pulses": 30}, "loads": "bulk", "copies": 0.3, "breaks": 0.3, "thin": 0.0,
    "erasures": 2, "alike": False, "as_text": False, "extra": True,
    "split": ["subscriptions", "usage_events"], "churn_source": "subscriptions",
}  # fmt: skip
CSV = PARQUET | {
    "seed": 12, "day": date(2025, 6, 30), "kinds": [*ACCOUNT_KINDS, *["steady"] * 9],
    "fullness": dict.fromkeys(CONTRACT, "full") | {"invoices": "empty", "csm_pulses": "absent"},
    "silent": {}, "loads": "some", "thin": 0.1, "erasures": 1, "alike": True, "split": [],
}  # fmt: skip


@pytest.mark.dbt
@pytest.mark.parametrize(
    ("shape", "format", "tuning"), [(PARQUET, "parquet", None), (CSV, "csv", 3)]
)
def test_a_build_equals_the_reference(
    shape: dict, format: str, tuning: int | None, parsed_project: tuple, tmp_path: Path
) -> None:
    """The whole of dbt build, tests included, in the end the marts; CSV on the default date."""
    project, manifest = parsed_project
    world = build_world(shape)
    config = seeds() if tuning is None else retuned(seeds(), tuning)
    variables = dbt_variables(world, format)
    variables["input_dir"] = str(write_world(world, tmp_path / "input", format))
    dates = world["score_dates"]
    if format == "csv":
        variables["as_of"] = ""
        prepared = reference.prepare(
            world["tables"], declared_columns(world), config, world["variables"]
        )
        dates = [reference.default_score_date(prepared)]
    results = results_of(world, config, dates)
    write_config(config, project / "seeds" / "config")
    build(project, manifest, variables)
    with duckdb.connect(str(warehouse(project)), read_only=True) as connection:
        lines = all_differences(connection, results, INTERMEDIATE, INPUTS)
        lines += all_differences(connection, results, MARTS, MART_INPUTS)
    assert not lines, report(lines)
    assert results["accounts"]

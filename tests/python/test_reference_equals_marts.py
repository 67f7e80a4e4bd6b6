"""The real project and the reference in plain Python agree on random small inputs.

Most inputs take the fast path (see real_project), a few a whole `dbt build`. The inputs are the
same in every run; HEALTH_LONG_TESTS=1 takes 200 others in each.
"""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import reference
from comparison import (
    INTERMEDIATE,
    built,
    built_counts,
    differences,
    expected,
    expected_counts,
    expected_rejected,
    rejected_counts,
    report,
)
from real_project import ROOT, run_fast
from worlds import (
    build_world,
    declared_columns,
    declared_inputs,
    retuned,
    shapes,
    write_world,
)

IS_LONG = os.environ.get("HEALTH_LONG_TESTS") == "1"
WORLDS = settings(
    max_examples=200 if IS_LONG else 18,
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


def seeds() -> dict:
    return reference.load_config(ROOT / "seeds" / "config")


def results_of(world: dict, config: dict, dates: list[date]) -> dict:
    return reference.score(
        world["tables"], declared_columns(world), config, world["variables"], dates
    )


def dbt_variables(world: dict, format: str) -> dict:
    return {**world["variables"], "inputs": declared_inputs(world, format)}


def all_differences(connection: object, results: dict, relations: dict, inputs: tuple) -> list[str]:
    input_rows, rejected_rows = inputs
    lines = differences("rows", built_counts(connection, input_rows), expected_counts(results))
    lines += differences(
        "rejected", rejected_counts(connection, rejected_rows), expected_rejected(results)
    )
    theirs = expected(results, relations)
    for part, ours in built(connection, relations).items():
        lines += differences(part, ours, theirs[part])
    return lines


@WORLDS
@given(
    shape=shapes(),
    format=st.sampled_from(("parquet", "csv")),
    tuning=st.none() | st.integers(0, 99),
    others=st.sets(st.sampled_from(OTHER_DATES), min_size=2, max_size=3),
)
def test_fast_path_equals_reference(
    shape: dict,
    format: str,
    tuning: int | None,
    others: set[int],
    compiled_project: dict,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Every fact of every account on several dates at once, with shipped and with other seeds."""
    world = build_world(shape)
    dates = [*world["score_dates"], *(shape["day"] - timedelta(days=days) for days in others)]
    config = seeds() if tuning is None else retuned(seeds(), tuning)
    folder = write_world(world, tmp_path_factory.mktemp("world"), format)
    with run_fast(
        compiled_project, folder, dbt_variables(world, format), config, dates
    ) as connection:
        inputs = ("intermediate.int_input_rows", "intermediate.int_rejected_rows")
        results = results_of(world, config, dates)
        lines = all_differences(connection, results, INTERMEDIATE, inputs)
    assert not lines, report(lines)

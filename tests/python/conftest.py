"""Fixtures for tests that run the real project: one copy of it, parsed once; another DuckDB."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command has it, before numpy


@pytest.fixture(scope="session")
def parsed_project(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    """(folder of a copy of the project, its manifest)."""
    import real_project

    project = real_project.copy_project(tmp_path_factory.mktemp("project"))
    return project, real_project.parsed(project)


@pytest.fixture(scope="session")
def build_fast(parsed_project: tuple) -> Callable:
    """The fast path to everything that the reference computes too, see real_project.fast_path."""
    import real_project
    from comparison import WANTED

    return real_project.fast_path(*parsed_project, WANTED)


@pytest.fixture(scope="session")
def other_engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the other DuckDB, to be put first on PYTHONPATH; a visible skip without it."""
    from engines import OTHER, fetched

    return fetched(f"duckdb=={OTHER}", tmp_path_factory.mktemp("engine"))

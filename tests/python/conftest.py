"""Fixtures for tests that run the real project: one copy of it, parsed and compiled once."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def compiled_project(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """A copy of the project with its manifest, ready for the fast path and for builds."""
    import real_project
    from comparison import WANTED

    folder: Path = tmp_path_factory.mktemp("project")
    return real_project.fast_path(real_project.copy_project(folder), WANTED)

"""The other DuckDB: 1.5 where this one is 2.0, and the other way round; fetched, or a skip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

OTHER = "1.5.6" if int(duckdb.__version__.split(".")[0]) >= 2 else "2.0.0"


def fetched(package: str, folder: Path) -> Path:
    """Install `package`, without what it needs, into `folder`; a visible skip where that fails."""
    wanted = ["--no-deps", "--quiet", "--target", str(folder), package]
    commands = [[sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *wanted]]
    if uv := shutil.which("uv") or shutil.which("uv", path=Path(sys.executable).parent):
        commands.append([uv, "pip", "install", "--python", sys.executable, *wanted])
    said = []
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return folder
        said += (done.stderr or done.stdout).strip().splitlines()[-1:]
    pytest.skip(f"{package} cannot be fetched: {'; '.join(said)}")


def path_with(*folders: object) -> dict[str, str]:
    """The variable PYTHONPATH with these folders, first ones first."""
    return {"PYTHONPATH": os.pathsep.join(str(folder) for folder in folders)}

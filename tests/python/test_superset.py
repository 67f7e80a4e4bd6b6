"""Apache Superset on the published file, through its REST API: its answers are the marts'.

Needs a gigabyte of packages, so it runs with HEALTH_LONG_TESTS=1 only: pytest -m superset
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

import project_runs as runs
from project_runs import Copy
from test_clients import publish_as

pytestmark = [
    pytest.mark.dbt,
    pytest.mark.slow,
    pytest.mark.superset,
    pytest.mark.skipif(
        not os.environ.get("HEALTH_LONG_TESTS"), reason="Superset: only with HEALTH_LONG_TESTS=1"
    ),
]

# What Superset 6.1 does not say that it needs, and a cache that is not newer than it.
PACKAGES = [
    "apache-superset==6.1.0", "flask-caching==2.3.1", "rich", "cachetools",
    "duckdb-engine==0.17.0", "duckdb==1.5.6",
]  # fmt: skip
CONFIG = """
SECRET_KEY = "of a test, on loopback, for some minutes"
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
PREVENT_UNSAFE_DB_CONNECTIONS = False
FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = {{"CACHE_TYPE": "SimpleCache"}}
"""
USER = {"username": "admin", "password": "of-a-test"}
# Dataset, columns, metrics -> the same question to the marts.
QUESTIONS = {
    "accounts and revenue by band": (
        "account_health", ["band"], ["count(*)", "sum(mrr)"],
        "select band, count(*), sum(mrr) from marts.account_health group by band",
    ),
    "revenue at risk by manager": (
        "account_health", ["csm"], ["sum(case when colour = 'red' then mrr else 0 end)"],
        "select csm, sum(case when colour = 'red' then mrr else 0 end) "
        "from marts.account_health group by csm",
    ),
    "net revenue retention by kind of segment": (
        "churn_rates", ["segment_type"], ["sum(cohort_closing_mrr) / sum(opening_mrr)"],
        "select segment_type, sum(cohort_closing_mrr) / sum(opening_mrr) "
        "from marts.churn_rates group by segment_type",
    ),
}  # fmt: skip


@dataclass
class Superset:
    """A server on loopback, logged in, with the published file as its database."""

    address: str
    token: str = ""
    database: int = 0

    def call(self, path: str, body: dict | None = None) -> dict:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/api/v1/{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read()[:500]!r}") from None

    def dataset(self, mart: str) -> int:
        body = {"database": self.database, "schema": "marts", "table_name": mart}
        return self.call("dataset/", body)["id"]

    def ask(self, dataset: int, columns: list[str], expressions: list[str]) -> list[tuple]:
        """The rows of a chart, asked anew."""
        metrics = [
            {"expressionType": "SQL", "sqlExpression": expression, "label": f"metric_{number}"}
            for number, expression in enumerate(expressions)
        ]
        body = {
            "datasource": {"id": dataset, "type": "table"},
            "queries": [{"columns": columns, "metrics": metrics, "row_limit": 1000}],
            "force": True,
        }
        (result,) = self.call("chart/data", body)["result"]
        return [tuple(row[name] for name in result["colnames"]) for row in result["data"]]


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Copy:
    base = tmp_path_factory.getbasetemp()
    return runs.twin(runs.scored_demo(base), tmp_path_factory.mktemp("superset-story"))


@pytest.fixture(scope="module")
def superset(story, tmp_path_factory):
    folder = tmp_path_factory.mktemp("superset")
    program = installed(folder / "venv")
    (folder / "superset_config.py").write_text(CONFIG.format(folder=folder))
    environment = {
        **os.environ,
        "SUPERSET_CONFIG_PATH": str(folder / "superset_config.py"),
        "SUPERSET_HOME": str(folder),
        "FLASK_APP": "superset",
    }
    names = ("--firstname", "a", "--lastname", "test", "--email", "a@example.com")
    user = ("--username", USER["username"], "--password", USER["password"], *names)
    for arguments in (["db", "upgrade"], ["fab", "create-admin", *user], ["init"]):
        done = subprocess.run(
            [program, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "run", "-h", "127.0.0.1", "-p", str(port), "--with-threads"]
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        server = Superset(f"http://127.0.0.1:{port}")
        wait_for(server, process)
        login = {**USER, "provider": "db", "refresh": False}
        server.token = server.call("security/login", login)["access_token"]
        extra = {"engine_params": {"connect_args": {"read_only": True}}}
        database = {
            "database_name": "health",
            "sqlalchemy_uri": f"duckdb:///{story.published}",
            "extra": json.dumps(extra),
        }
        server.database = server.call("database/", database)["id"]
        yield server
    finally:
        process.kill()
        process.wait()


def installed(folder: Path) -> Path:
    """The program superset in an environment of its own; a visible skip where that fails."""
    uv = shutil.which("uv")
    python = folder / "bin/python"
    commands = (
        [
            [uv, "venv", "--quiet", "--python", sys.executable, folder],
            [uv, "pip", "install", "--quiet", "--python", python, *PACKAGES],
        ]
        if uv
        else [
            [sys.executable, "-m", "venv", folder],
            [python, "-m", "pip", "install", "--quiet", *PACKAGES],
        ]
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"Superset cannot be fetched: {done.stderr.strip()[-300:]}")
    return folder / "bin/superset"


def wait_for(server: Superset, process: subprocess.Popen) -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.address}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"Superset ended with {process.returncode}")


def plain(rows: list) -> list[tuple]:
    """Rows in order, numbers to six decimals."""
    return sorted((tuple(rounded(cell) for cell in row) for row in rows), key=str)


def rounded(cell: object) -> object:
    return cell if cell is None or isinstance(cell, str) else round(float(cell), 6)


@pytest.fixture(scope="module")
def datasets(superset) -> dict[str, int]:
    marts = {mart for mart, *_ in QUESTIONS.values()} | {runs.OF_THE_RUN}
    return {mart: superset.dataset(mart) for mart in sorted(marts)}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_its_answers_are_those_of_the_marts(superset, datasets, story, question):
    mart, columns, metrics, query = question
    found = superset.ask(datasets[mart], columns, metrics)
    assert plain(found) == plain(runs.rows(story.published, query))
    assert len(found) > 1


def test_it_sees_each_publication_at_the_next_question(superset, datasets, story):
    for version in ("29990101T000000Z", "29990102T000000Z"):
        publish_as(story, version)
        found = superset.ask(datasets[runs.OF_THE_RUN], ["version"], ["count(*)"])
        assert found == [(version, 1)]

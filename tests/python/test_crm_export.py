"""What goes to a CRM: only what changed, nothing lost when a run is killed."""

from __future__ import annotations

import csv
import fcntl
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from rich.console import Console

from health_score import crm_export
from health_score.exits import BUSY, USAGE, Problem
from health_score.project import Project
from published_files import account, driver, publish, publish_accounts


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path, tmp_path / "build", tmp_path / "serve", {})


def run(project, everything=False):
    out = Console(width=100, force_terminal=False, highlight=False)
    with out.capture() as capture:
        crm_export.export(out, project, None, everything)
    return capture.get()


def folders(project):
    folder = project.serve / "crm_export"
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def last(project):
    """{account_id: row} of the last export, which says the same as CSV and as Parquet."""
    folder = project.serve / "crm_export" / folders(project)[-1]
    with (folder / "crm_export.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    query = f"select columns(*)::varchar from '{folder}/crm_export.parquet'"
    cursor = duckdb.execute(query)
    names = [column[0] for column in cursor.description]
    parquet = [
        {name: value or "" for name, value in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]
    assert parquet == rows
    return {row["account_id"]: row for row in rows}


def changes(project):
    return {name: row["change"] for name, row in last(project).items()}


def test_new_changed_and_gone_accounts_are_exported_and_no_others(project):
    publish_accounts(project.serve, [account("a"), account("b"), account("c")])
    assert "3 accounts (3 new)" in run(project)
    assert folders(project) == ["000001-2026-01-30"]
    assert changes(project) == dict.fromkeys("abc", "new")
    tomorrow = date(2026, 1, 31)
    moved = [account("a"), account("b", "42"), account("d")]
    publish_accounts(project.serve, [{**row, "score_date": tomorrow} for row in moved])
    assert "3 accounts (1 new, 1 changed, 1 gone)" in run(project)
    assert folders(project)[-1] == "000002-2026-01-31"
    assert changes(project) == {"d": "new", "b": "changed", "c": "gone"}
    assert last(project)["c"]["account_name"] == "Acme c", "gone: as it was exported last"
    assert "No account changed" in run(project)
    assert len(folders(project)) == 2


def test_an_account_that_went_and_came_back_is_new(project):
    for accounts, change in (["ab", "new"], ["a", "gone"], ["ab", "new"]):
        publish_accounts(project.serve, [account(name) for name in accounts])
        run(project)
        assert changes(project)["b"] == change


@pytest.mark.parametrize(
    "change",
    [
        {"account_name": "Other"}, {"csm": None}, {"band": "red"}, {"action_plan": "Wait"},
        {"mrr": None}, {"effective_score": Decimal(49)}, {"score": None},
    ],
)  # fmt: skip
def test_each_exported_column_counts_as_a_change(project, change):
    publish_accounts(project.serve, [account("a"), account("b")])
    run(project)
    publish_accounts(project.serve, [account("a", **change), account("b")])
    run(project)
    assert changes(project) == {"a": "changed"}


def test_a_value_that_wanders_to_the_next_column_is_a_change(project):
    publish_accounts(project.serve, [account("a", csm="x", band=None)])
    run(project)
    publish_accounts(project.serve, [account("a", csm=None, band="x")])
    run(project)
    assert changes(project) == {"a": "changed"}


def test_a_day_more_and_a_hundredth_of_a_point_are_no_change(project):
    publish_accounts(project.serve, [account("a", "50.01")])
    run(project)
    publish_accounts(project.serve, [account("a", "50.02", score_date=date(2026, 1, 31))])
    assert "No account changed" in run(project)


def test_the_reasons_are_what_costs_most_on_the_primary_scorecard(project):
    lost = [driver("a", "logins", 3), driver("a", "tickets", 9), driver("a", "fine", 0)]
    other = [driver("a", "elsewhere", 50, scorecard="adoption"), driver("b", "logins", 3)]
    publish_accounts(project.serve, [account("a"), account("b", score=None)], lost + other)
    run(project)
    row = last(project)["a"]
    assert [row["reason_1"], row["reason_2"], row["reason_3"]] == ["Tickets", "Logins", ""]
    assert last(project)["b"]["reason_1"] == "", "without a score nothing costs points"


def test_all_exports_everything_and_says_what_is_unchanged(project):
    publish_accounts(project.serve, [account("a"), account("b")])
    run(project)
    publish_accounts(project.serve, [account("a"), account("b", "42")])
    assert "2 accounts (1 changed, 1 unchanged)" in run(project, everything=True)
    assert changes(project) == {"a": "unchanged", "b": "changed"}
    assert "No account changed" in run(project)


@pytest.mark.parametrize("moment", ["put", "rename", "keep"])
def test_a_killed_export_is_repeated_and_not_lost(project, monkeypatch, moment):
    publish_accounts(project.serve, [account("a")])
    run(project)
    publish_accounts(project.serve, [account("a", "42")])

    def killed(*ignored):
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        if moment == "rename":
            patched.setattr(crm_export.os, "rename", killed)
        else:
            patched.setattr(crm_export, moment, killed)
        with pytest.raises(SystemExit):
            run(project)
    whole = ["000001-2026-01-30"] + ["000002-2026-01-30"] * (moment == "keep")
    assert [name for name in folders(project) if not name.startswith(".")] == whole
    assert "1 account (1 changed)" in run(project)
    assert changes(project) == {"a": "changed"}
    assert folders(project) == [*whole, f"{len(whole) + 1:06d}-2026-01-30"]
    assert "No account changed" in run(project)


def test_exports_that_were_taken_away_are_neither_repeated_nor_renumbered(project):
    publish_accounts(project.serve, [account("a")])
    run(project)
    for path in (project.serve / "crm_export" / folders(project)[0]).iterdir():
        path.unlink()
    (project.serve / "crm_export" / folders(project)[0]).rmdir()
    assert "No account changed" in run(project)
    publish_accounts(project.serve, [account("a", "42")])
    run(project)
    assert folders(project) == ["000002-2026-01-30"]


def test_when_everybody_is_gone_they_are_told_as_gone(project):
    publish_accounts(project.serve, [account("a")])
    run(project)
    publish_accounts(project.serve, [])
    run(project)
    assert changes(project) == {"a": "gone"}


def test_what_cannot_be_exported_is_said(project):
    with pytest.raises(Problem) as caught:
        run(project)
    assert (caught.value.code, caught.value.sentence[:20]) == (USAGE, "Nothing is published")
    publish_accounts(project.serve, [account("a")])
    run(project)
    folder = project.serve / "crm_export"
    (folder / ".exported.parquet").write_text("broken")
    with pytest.raises(Problem, match="nobody knows what was exported"):
        run(project)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Problem) as caught:
            run(project)
    assert caught.value.code == BUSY


def test_a_publication_without_drivers_is_refused(project):
    publish(project.serve, {"publication": ({"version": "varchar"}, [])})
    with pytest.raises(Problem, match="lacks"):
        run(project)

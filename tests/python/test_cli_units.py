"""The command line's parts, without dbt: launcher, input, config, publication, explanation."""

import fcntl
import os
import shutil
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from health_score import (
    cli,
    config_check,
    explain,
    history,
    inputs,
    outcome,
    project,
    publish,
    since,
    summary,
    terminal,
    versions,
)
from health_score.exits import BAD_CONFIG, BAD_INPUT, BUSY, CRASH, FAILED_AUDIT, USAGE, Problem

ROOT = Path(__file__).parents[2]


def printed(render, *arguments):
    """What a function prints on a console that is no terminal, 100 columns wide."""
    out = Console(width=100, force_terminal=False, highlight=False)
    with out.capture() as capture:
        render(out, *arguments)
    return capture.get()


# --- input -----------------------------------------------------------------

SOURCES = """
sources:
  - name: {name}
    tables:
      - name: {prefix}accounts
        columns:
          - {{name: account_id, data_type: text, config: {{meta: {{required: true}}}}}}
          - {{name: account_name, data_type: text}}
          - {{name: employee_count, data_type: number}}
          - {{name: signed_up_at, data_type: timestamp, config: {{meta: {{required: true}}}}}}
      - name: {prefix}users
        columns:
          - {{name: user_id, data_type: text, config: {{meta: {{required: true}}}}}}
          - {{name: is_admin, data_type: boolean}}
"""
HEADER = "account_id,account_name,employee_count,signed_up_at\n"


@pytest.fixture
def root(tmp_path):
    """A project with two connectors of two tables each."""
    for name, prefix in (("contract", ""), ("other", "other_")):
        folder = tmp_path / "project/models/staging" / name
        folder.mkdir(parents=True)
        (folder / f"_{name}__sources.yml").write_text(SOURCES.format(name=name, prefix=prefix))
    return tmp_path / "project"


@pytest.fixture
def folder(tmp_path):
    """An input folder with two accounts as CSV."""
    made = tmp_path / "in"
    made.mkdir()
    (made / "accounts.csv").write_text(HEADER + "a,Acme,5,2025-01-01\nb,Bolt,,2025-01-02\n")
    return made


def to_parquet(path, query):
    path.parent.mkdir(exist_ok=True)
    duckdb.connect().execute(f"copy ({query}) to '{path}' (format parquet)")


def errors_of(root, folder, **options):
    with pytest.raises(Problem) as caught:
        inputs.discover(root, folder, **options)
    assert caught.value.code == BAD_INPUT
    return "\n".join([caught.value.sentence, *caught.value.details])


def test_csv_columns_are_declared_as_text(root, folder):
    found = inputs.discover(root, folder)
    columns = ["account_id", "account_name", "employee_count", "signed_up_at"]
    assert found.inputs == {"contract": {"accounts": dict.fromkeys(columns, "text")}}
    assert found.notes == []


def test_parquet_columns_are_declared_by_their_kind(root, folder):
    (folder / "accounts.csv").unlink()
    to_parquet(
        folder / "accounts.parquet",
        "select 7::bigint account_id, 'x' account_name, 2.5::double employee_count, "
        "timestamptz '2025-01-01' signed_up_at, timestamp '2025-01-01' _loaded_at",
    )
    to_parquet(folder / "users/1.parquet", "select 'u' USER_ID, true is_admin, 1 more")
    to_parquet(folder / "users/2.parquet", "select 'v' USER_ID, false is_admin, 2 more")
    found = inputs.discover(root, folder)
    assert found.inputs["contract"] == {
        "accounts": {
            "account_id": "number",
            "account_name": "text",
            "employee_count": "number",
            "signed_up_at": "timestamptz",
            "_loaded_at": "timestamp",
        },
        "users": {"user_id": "text", "is_admin": "boolean"},
    }
    assert found.tables[1][:4] == ("contract", "users", "users/", 2)
    assert found.notes == ["users/: ignored, because the contract does not know them: more."]


def test_a_csv_with_mark_crlf_and_line_breaks_in_cells_reads_right(root, folder):
    text = "\ufeff" + HEADER + 'a,"two\nlines",5,2025-01-01\n"b, c",Bolt,,2025-01-02\n'
    (folder / "accounts.csv").write_bytes(text.encode().replace(b"\n", b"\r\n"))
    found = inputs.discover(root, folder)
    assert (found.tables[0][3], found.notes) == (2, [])
    assert "account_id" in found.inputs["contract"]["accounts"]


def test_no_csv_row_is_taken_for_a_comment(root, folder):
    (folder / "users.csv").write_text("user_id,is_admin\n#u,true\nv,true\n")
    assert inputs.discover(root, folder).tables[1][1:4] == ("users", "users.csv", 2)
    (folder / "users.csv").write_text("exported today\nuser_id,is_admin\nv,true\n")
    assert "users.csv, line 2: 2 cells where the header has 1" in errors_of(root, folder)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (HEADER + "a,A,5,2025-01-01\nb,B,2025-01-01\n", "accounts.csv, line 3: 3 cells where"),
        (HEADER + 'a,"A,5,2025-01-01\nb,B,5,2025-01-01\n', "accounts.csv, line 2: a quote is"),
        (HEADER + "a,A,5,x\r\nb,B,5,x\n", "accounts.csv, line 2: line ends differ"),
        ((HEADER + "a,É,5,x\n").encode("latin-1"), "accounts.csv, line 2: not UTF-8"),
        (HEADER.replace(",", ";") + "a;A;5;x\n", "accounts.csv separates by semicolons"),
        ("", "accounts.csv is empty"),
        (HEADER.replace("account_name", "account_id"), "line 1: more than one column is named"),
        ("account_id,account_name\na,A\n", "the column signed_up_at is missing, and accounts"),
    ],
)
def test_a_broken_csv_is_named_with_its_line(root, folder, content, sentence):
    content = content if isinstance(content, bytes) else content.encode()
    (folder / "accounts.csv").write_bytes(content)
    assert sentence in errors_of(root, folder)


def test_a_broken_line_far_down_is_found(root, folder):
    rows = "a,A,5,2025-01-01\n" * 100_000
    (folder / "accounts.csv").write_text(HEADER + rows + "b,B\n")
    assert "accounts.csv, line 100002: 2 cells where the header has 4" in errors_of(root, folder)


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("signed_up_at", "5", "signed_up_at should be a timestamp or text but is INTEGER"),
        ("account_id", "1.5::double", "account_id should be text but is DOUBLE"),
        ("employee_count", "date '2025-01-01'", "employee_count should be a number"),
        ("account_name", "[1, 2]", "account_name should be text but is INTEGER[]"),
    ],
)
def test_a_column_of_the_wrong_kind_is_refused(root, folder, column, value, sentence):
    (folder / "accounts.csv").unlink()
    columns = {
        "account_id": "'a'", "account_name": "'A'", "employee_count": "1",
        "signed_up_at": "timestamp '2025-01-01'",
    }  # fmt: skip
    query = ", ".join(f"{text} as {name}" for name, text in {**columns, column: value}.items())
    to_parquet(folder / "accounts.parquet", f"select {query}")
    assert sentence in errors_of(root, folder)


def test_an_optional_column_without_values_counts_as_absent(root, folder):
    to_parquet(folder / "users.parquet", "select 'u' user_id, null::date is_admin")
    found = inputs.discover(root, folder)
    assert found.inputs["contract"]["users"] == {"user_id": "text"}
    assert found.notes == ["users.parquet: is_admin is empty in every row, so it counts as absent."]


def test_input_without_accounts_is_refused(root, folder):
    (folder / "accounts.csv").rename(folder / "Accounts.csv")
    (folder / "users.csv").write_text("user_id\nu\n")
    assert "There is no accounts table" in errors_of(root, folder)


def test_a_folder_without_any_known_file_is_refused(root, folder):
    (folder / "accounts.csv").rename(folder / "clients.csv")
    assert "holds no file that a connector reads" in errors_of(root, folder)
    assert "There is no folder" in errors_of(root, folder / "absent")


def test_a_table_that_is_there_twice_is_refused(root, folder):
    to_parquet(folder / "accounts.parquet", "select 'a' account_id")
    assert "accounts is there more than once" in errors_of(root, folder)


def test_parquet_files_of_a_table_need_the_same_columns(root, folder):
    to_parquet(folder / "users/1.parquet", "select 'u' user_id, true is_admin")
    to_parquet(folder / "users/2.parquet", "select 'u' user_id, 1 is_admin")
    assert "users/2.parquet has other columns than 1.parquet: is_admin" in errors_of(root, folder)


def test_a_damaged_parquet_file_is_named(root, folder):
    to_parquet(folder / "users.parquet", "select 'u' user_id")
    damaged = (folder / "users.parquet").read_bytes()[:-20]
    (folder / "users.parquet").write_bytes(damaged)
    assert "users.parquet is no readable Parquet file" in errors_of(root, folder)


def test_a_misspelt_file_is_told(root, folder):
    (folder / "user.csv").write_text("user_id\nu\n")
    assert inputs.discover(root, folder).notes == [
        "Not read, because no connector knows them: user.csv."
    ]


def test_connectors_are_recognised_by_their_files_or_named(root, folder):
    shutil.copy(folder / "accounts.csv", folder / "other_accounts.csv")
    assert list(inputs.discover(root, folder).inputs) == ["contract", "other"]
    assert list(inputs.discover(root, folder, "other").inputs) == ["other"]
    with pytest.raises(Problem, match="no connector crm; there are: contract, other") as caught:
        inputs.discover(root, folder, "crm")
    assert caught.value.code == USAGE


# --- config seeds ----------------------------------------------------------

SEEDS = """
seeds:
  - name: weights
    config:
      column_types: {signal: varchar, weight: "numeric(7, 4)", tries: integer, reviewed_on: date}
    columns: [{name: signal}, {name: weight}, {name: tries}, {name: reviewed_on}, {name: reason}]
"""
GOOD = "signal,weight,tries,reviewed_on,reason\nlogins,12.5,3,2026-01-31,habit\nseats,,,,size\n"


@pytest.fixture
def seeds(tmp_path):
    folder = tmp_path / "seeds/config"
    folder.mkdir(parents=True)
    (folder / "weights.yml").write_text(SEEDS)
    (folder / "weights.csv").write_text(GOOD)
    return tmp_path


def test_good_seeds_pass_in_any_column_order_with_mark_and_crlf(seeds):
    rows = [line.split(",") for line in GOOD.splitlines()]
    text = "".join(",".join(reversed(row)) + "\r\n" for row in rows)
    (seeds / "seeds/config/weights.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert config_check.config_troubles(seeds) == []
    config_check.check_config(seeds)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "sentence"),
    [
        (",reason", ",why", 1, "reason", "missing"),
        (",reason", ",why", 1, "why", "unknown"),
        (",tries", ",weight", 1, "weight", "more than once"),
        ("12.5", "abc", 2, "weight", "'abc' is no number"),
        ("12.5", '"12,5"', 2, "weight", "decimal sign as a point"),
        ("12.5", "12.34567", 2, "weight", "more than 4 decimals"),
        ("12.5", "1234", 2, "weight", "too large"),
        (",3,", ",3.5,", 2, "tries", "no whole number"),
        ("2026-01-31", "2026-02-31", 2, "reviewed_on", "no date"),
        ("2026-01-31", "31.01.2026", 2, "reviewed_on", "no date"),
        ("size", "", 3, "reason", "the text is empty"),
        ("size", '" size"', 3, "reason", "begins or ends with a blank"),
        ("habit\n", "habit,\n", 2, None, "6 cells where the header has 5"),
        ("habit", '"two\nlines"\nx', 4, None, "1 cells where the header has 5"),
        ("habit", '"open', None, None, "no CSV"),
        (",", ";", 1, None, "semicolons"),
    ],
)
def test_a_broken_seed_is_named_by_line_and_column(seeds, old, new, line, column, sentence):
    (seeds / "seeds/config/weights.csv").write_text(GOOD.replace(old, new))
    troubles = config_check.config_troubles(seeds)
    assert any((t.line, t.column) == (line, column) and sentence in t.sentence for t in troubles), (
        troubles
    )


def test_missing_and_undescribed_seed_files_are_told(seeds):
    (seeds / "seeds/config/weights.csv").rename(seeds / "seeds/config/weight.csv")
    with pytest.raises(Problem) as caught:
        config_check.check_config(seeds)
    assert caught.value.code == BAD_CONFIG
    assert caught.value.details == [
        "seeds/config/weights.csv: the file is missing.",
        "seeds/config/weight.csv: no YAML file beside it describes it.",
    ]


def test_a_seed_that_is_not_utf8_is_named_by_line(seeds):
    (seeds / "seeds/config/weights.csv").write_bytes(GOOD.replace("size", "é").encode("latin-1"))
    assert [str(trouble) for trouble in config_check.config_troubles(seeds)] == [
        "seeds/config/weights.csv, line 3: the file is not UTF-8; save it as UTF-8."
    ]


# --- what failed nodes mean ------------------------------------------------


def result(kind, name, status="fail", message="", depends_on=(), failures=None, relation=None):
    node = SimpleNamespace(
        resource_type=kind, name=name, depends_on=SimpleNamespace(nodes=list(depends_on)),
        original_file_path=f"models/{name}.sql", description="", relation_name=relation,
    )  # fmt: skip
    return SimpleNamespace(node=node, status=status, message=message, failures=failures)


@pytest.mark.parametrize(
    ("failed", "code"),
    [
        (result("seed", "signals", "error", "CSV Error on Line: 3"), BAD_CONFIG),
        (result("test", "t", depends_on=["seed.p.signals"], failures=1), BAD_CONFIG),
        (result("operation", "on-run-start", "error"), BAD_INPUT),
        (result("model", "m", "error", "CSV Error on Line: 3"), BAD_INPUT),
        (result("test", "scores__somebody_is_scored", failures=1), BAD_INPUT),
        (result("model", "m", "error", "Binder Error: no column x"), CRASH),
        (result("test", "t", "error", "Binder Error", ["model.p.m"]), CRASH),
        (result("model", "m", "error", "Constraint Error: CHECK failed"), FAILED_AUDIT),
        (result("unit_test", "u", "fail", "actual differs"), FAILED_AUDIT),
        (result("test", "t", depends_on=["model.p.m", "seed.p.s"], failures=2), FAILED_AUDIT),
    ],
)
def test_failed_nodes_have_an_exit_code_each(tmp_path, failed, code):
    fine = [result("model", "good", "success"), result("test", "warned", "warn")]
    outcome.check_results(project.Project(tmp_path, tmp_path, tmp_path), fine)
    with pytest.raises(Problem) as caught:
        outcome.check_results(project.Project(tmp_path, tmp_path, tmp_path), [*fine, failed])
    assert caught.value.code == code
    assert failed.node.name in "\n".join(caught.value.details) or "nobody" in caught.value.sentence


def test_config_errors_name_file_and_line_and_come_before_other_failures(tmp_path):
    (tmp_path / "seeds/config").mkdir(parents=True)
    (tmp_path / "seeds/config/rules.csv").write_text(
        'scorecard,signal,weight,reason\nhealth,a,5,"two\nlines"\nhealth,b,5,x\n'
    )
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_config_errors as select 'rules.csv' file_name, "
            "'scorecard=health, signal=b, weight=5.0000' row_key, 'Weights sum to 95.' problem"
        )
    failed = [
        result("test", "other", depends_on=["model.p.m"], failures=1),
        result("test", "no_config_errors", depends_on=["model.p.int_config_errors"], failures=1),
    ]
    with pytest.raises(Problem) as caught:
        outcome.check_results(project.Project(tmp_path, tmp_path, tmp_path), failed)
    assert caught.value.code == BAD_CONFIG
    assert caught.value.details == [
        "seeds/config/rules.csv, line 4 (scorecard=health, signal=b, weight=5.0000): "
        "Weights sum to 95."
    ]


def test_a_dimension_stands_for_the_rows_of_its_signals(tmp_path):
    (tmp_path / "signals.csv").write_text("signal,dimension\na,usage\nb,support\nc,usage\n")
    rules = tmp_path / "signal_rules.csv"
    rules.write_text("scorecard,signal\nhealth,a\nhealth,b\nhealth,c\nloyalty,a\n")
    assert outcome.lines_of_row(rules, "scorecard=health, dimension=usage") == [2, 4]
    assert outcome.lines_of_row(rules, "colour=red") == []
    assert outcome.lines_of_row(rules, None) == []


def test_a_run_without_one_score_is_refused(tmp_path):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.account_health (effective_score integer)")
        connection.execute("insert into marts.account_health values (null)")
    with pytest.raises(Problem, match="would score nobody") as caught:
        outcome.check_somebody(tmp_path / "warehouse.duckdb")
    assert caught.value.code == BAD_INPUT
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("insert into marts.account_health values (0)")
    outcome.check_somebody(tmp_path / "warehouse.duckdb")


def test_a_failed_audit_shows_rows_and_where_all_are(tmp_path):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema audit")
        connection.execute("create table audit.no_orphans as select 'a' || i id from range(9) r(i)")
    failed = result("test", "no_orphans", depends_on=["model.p.m"], failures=9)
    failed.node.relation_name = '"warehouse"."audit"."no_orphans"'
    with pytest.raises(Problem) as caught:
        outcome.check_results(project.Project(tmp_path, tmp_path, tmp_path), [failed])
    first, *rows, last = caught.value.details
    assert first == "no_orphans: 9 rows break it"
    assert rows == [f"  id=a{number}" for number in range(5)]
    assert "all of them: select * from audit.no_orphans in" in last


# --- project ---------------------------------------------------------------


def test_only_changed_variables_go_to_dbt():
    declared = {"as_of": "", "inputs": {"contract": {}}}
    assert project.changed({"as_of": "", "inputs": {"contract": {}}}, declared) == {}
    assert project.changed({"as_of": "2026-01-31"}, declared) == {"as_of": "2026-01-31"}


def test_a_second_run_is_refused_while_one_is_at_work(tmp_path):
    with project.one_at_a_time(tmp_path, "run"):
        second = project.one_at_a_time(tmp_path, "run")
        with pytest.raises(Problem, match=f"at work .process {os.getpid()}.") as caught, second:
            pass
        assert caught.value.code == BUSY
    with project.one_at_a_time(tmp_path, "run"):
        pass


def test_unknown_and_foreign_targets_are_refused(tmp_path):
    (tmp_path / "profiles.yml").write_text(
        "p: {outputs: {duckdb: {type: duckdb, path: a}, wide: {type: duckdb, path: a, threads: 8},"
        " other: {type: duckdb, path: b}, warehouse: {type: postgres}}}"
    )
    here = project.Project(tmp_path, tmp_path, tmp_path)
    project.check_target(here, None)
    project.check_target(here, "duckdb")
    project.check_target(here, "wide")
    for target, sentence in (
        ("x", "it has: duckdb, other, warehouse, wide"),
        ("warehouse", "no DuckDB file"),
        ("other", "builds into another file"),
    ):
        with pytest.raises(Problem, match=sentence) as caught:
            project.check_target(here, target)
        assert caught.value.code == USAGE


def test_dbt_works_at_the_root_and_in_the_build_folder_only_while_it_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEALTH_BUILD_DIR", raising=False)
    (tmp_path / "root").mkdir()
    with project.working_in(tmp_path / "root", tmp_path / "root/build"):
        assert Path.cwd() == tmp_path / "root"
        assert os.environ["HEALTH_BUILD_DIR"] == str(tmp_path / "root/build")
    assert Path.cwd() == tmp_path
    assert "HEALTH_BUILD_DIR" not in os.environ


# --- publication -----------------------------------------------------------


def build(path, version, rows=3):
    """A build file with two marts, a staging view and another schema."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute("create schema staging")
        connection.execute("create table staging.secret as select 'x@y.z' email")
        connection.execute(
            f"create table marts.publication as select '{version}' as version, "
            "null::timestamp as published_at"
        )
        connection.execute(
            f"create view marts.account_health as "
            f"select i as account_id, 0.1::numeric(28, 6) as score from range({rows}) r(i)"
        )
    return path


def served(serve):
    with duckdb.connect(str(serve / "health.duckdb"), read_only=True) as reader:
        return reader.execute(
            "select version, (select count(*) from marts.account_health) from marts.publication"
        ).fetchone()


def test_a_publication_holds_the_marts_alone_and_switches_a_relative_link(tmp_path):
    serve = tmp_path / "serve"
    done = publish.publish(build(tmp_path / "w.duckdb", "v1"), serve)
    assert done.rows == {"account_health": 3, "publication": 1}
    assert os.readlink(serve / "health.duckdb") == "current/health.duckdb"
    assert os.readlink(serve / "current") == "versions/v1"
    assert served(serve) == ("v1", 3)
    with duckdb.connect(str(serve / "health.duckdb"), read_only=True) as reader:
        tables = reader.execute("select table_schema, table_type from information_schema.tables")
        assert set(tables.fetchall()) == {("marts", "BASE TABLE")}
        tags = "select tags['storage_version'] from duckdb_databases() where not internal"
        assert reader.execute(tags).fetchone()[0] == "v1.0.0+"
    parquet = serve / "versions/v1/parquet/account_health.parquet"
    assert duckdb.execute(f"select count(*) from '{parquet}'").fetchone() == (3,)
    for file in (serve / "versions/v1").rglob("*.*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o444, file


def test_a_reader_keeps_its_version_while_the_next_is_published(tmp_path):
    serve = tmp_path / "serve"
    publish.publish(build(tmp_path / "w.duckdb", "v1"), serve)
    with duckdb.connect(str(serve / "health.duckdb"), read_only=True) as reader:
        publish.publish(build(tmp_path / "w.duckdb", "v2", rows=4), serve)
        assert reader.execute("select version from marts.publication").fetchone() == ("v1",)
    assert served(serve) == ("v2", 4)


@pytest.mark.parametrize("step", ["copy_marts", "verify", "seal", "switch"])
def test_a_publication_that_breaks_off_leaves_readers_the_old_version(tmp_path, monkeypatch, step):
    serve = tmp_path / "serve"
    publish.publish(build(tmp_path / "w.duckdb", "v1"), serve)

    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publish, step, killed)
        with pytest.raises(KeyboardInterrupt):
            publish.publish(build(tmp_path / "w.duckdb", "v2"), serve)
    assert served(serve) == ("v1", 3)
    (serve / publish.NEW_LINK).symlink_to("nowhere")
    assert publish.clean_up(serve) == (1 if step == "switch" else 2)
    assert not list((serve / "versions").glob(".*")) and publish.clean_up(serve) == 0
    publish.publish(build(tmp_path / "w.duckdb", "v3"), serve)
    assert served(serve) == ("v3", 3)


def test_a_copy_that_differs_is_not_published(tmp_path, monkeypatch):
    copy = publish.copy_marts

    def torn(warehouse, folder, names):
        built = copy(warehouse, folder, names)
        with duckdb.connect(str(folder / publish.FILE)) as connection:
            connection.execute("update marts.account_health set score = 0.2 where account_id = 1")
        return built

    monkeypatch.setattr(publish, "copy_marts", torn)
    with pytest.raises(Problem, match="The copy of account_health differs"):
        publish.publish(build(tmp_path / "w.duckdb", "v1"), tmp_path / "serve")
    assert not (tmp_path / "serve/health.duckdb").exists()


def test_missing_marts_and_a_second_use_of_a_version_are_refused(tmp_path):
    warehouse, serve = build(tmp_path / "w.duckdb", "v1"), tmp_path / "serve"
    with pytest.raises(Problem, match="lacks the marts findings"):
        publish.publish(warehouse, serve, ["publication", "findings"])
    publish.publish(warehouse, serve, ["publication", "account_health"])
    with pytest.raises(Problem, match="v1 is already published"):
        publish.publish(warehouse, serve)
    with pytest.raises(Problem, match="one row that names the version"):
        publish.publish(build(tmp_path / "w.duckdb", "../v2"), serve)


def test_the_last_versions_are_kept_and_the_current_one_always(tmp_path):
    serve = tmp_path / "serve"
    for name in ("v9", "v1", "v2", "v3"):
        publish.publish(build(tmp_path / "w.duckdb", name), serve, keep=2)
    kept = sorted(path.name for path in (serve / "versions").iterdir())
    assert kept == ["v3", "v9"]
    publish.publish(build(tmp_path / "w.duckdb", "v0"), serve, keep=2)
    assert publish.current_version(serve) == "v0" and served(serve) == ("v0", 3)


# --- explanation -----------------------------------------------------------

ACCOUNTS = [("a-1", "Acme"), ("a-2", "Bolt"), ("a-3", "bolt"), ("a-4", None)]
CARD = {
    "account_id": "a-1", "scorecard": "health", "score_date": "2026-01-31", "is_primary": 1,
    "profile": "small", "score": "45.000000", "capped_score": "45.000000",
    "effective_score": "45.000000", "score_low": "40.000000", "score_high": "62.000000",
    "coverage": "0.800000", "band": "yellow", "colour": "amber", "action_plan": "Call them.",
    "next_band": "green", "points_to_next_band": "25.000000", "cap_name": None,
    "cap_reason": None, "cap_signal": None, "cap_title": None, "cap_value": None,
    "cap_unit": None, "override_id": None, "override_kind": None, "override_value": None,
    "override_reason": None, "override_author": None, "override_expires_on": None,
}  # fmt: skip
DRIVER = {
    "account_id": "a-1", "scorecard": "health", "signal": "logins", "title": "Logins",
    "dimension": "usage", "value": "12.000000", "unit": "days", "state": "measured",
    "observed_on": "2026-01-30", "missing_policy": "exclude", "is_imputed": 0,
    "points": "50.000000", "weight": "0.500000", "contribution": "25.000000",
    "points_lost": "25.000000", "applicable_weight": "50.000000",
    "value_for_next_band": None, "points_for_next_band": None,
}  # fmt: skip
TICKETS = {
    "signal": "tickets", "title": "Open tickets", "unit": "tickets", "value": "3.000000",
    "points": "40.000000", "contribution": "20.000000", "points_lost": "30.000000",
}  # fmt: skip
UNMEASURED = {"points": None, "weight": None, "contribution": None, "points_lost": None}
STALE = {"signal": "nps", "title": "NPS", "state": "stale", "unit": "0..10", **UNMEASURED}
ABSENT = {
    "signal": "spend", "title": "Spend", "state": "not_applicable", "value": None, **UNMEASURED
}  # fmt: skip
DECIMALS = {
    "score", "capped_score", "cap_value", "override_value", "effective_score", "score_low",
    "score_high", "coverage", "value",
    "points_to_next_band", "points", "weight", "contribution", "points_lost",
    "value_for_next_band", "points_for_next_band", "applicable_weight",
}  # fmt: skip


def create(connection, name, rows):
    columns = ", ".join(
        f"{column} {'numeric(28, 6)' if column in DECIMALS else kind_of(column)}"
        for column in rows[0]
    )
    connection.execute(f"create table marts.{name} ({columns})")
    marks = ", ".join("?" for _ in rows[0])
    connection.executemany(
        f"insert into marts.{name} values ({marks})", [list(r.values()) for r in rows]
    )


def kind_of(column):
    return "integer" if column.startswith("is_") else "varchar"


@pytest.fixture
def explained(tmp_path):
    """Publish hand-made rows; return what explain prints for an account."""

    def make(account="a-1", scorecard=None, drivers=({}, TICKETS, STALE, ABSENT), **card):
        file = tmp_path / "health.duckdb"
        file.unlink(missing_ok=True)
        with duckdb.connect(str(file)) as connection:
            connection.execute("create schema marts")
            names = [{"account_id": key, "account_name": name} for key, name in ACCOUNTS]
            create(connection, "account_health", names)
            second = {**CARD, "scorecard": "loyalty", "is_primary": 0, "band": "red"}
            create(connection, "account_scorecards", [second, {**CARD, **card}])
            rows = [{**DRIVER, **driver} for driver in drivers]
            create(connection, "account_health_drivers", rows)
        return " ".join(printed(explain.render, *explain.read(file, account, scorecard)).split())

    return make


def test_explain_shows_score_band_signals_and_their_sum(explained):
    text = explained()
    for part in (
        "Acme (a-1), health", "On 2026-01-31; profile small", "Score 45.0 Band",
        "Band yellow: Call them.", "Coverage 80 % of the applicable weight",
        "the score would lie in 40.0 to 62.0",
        "Open tickets 3 tickets measured 40.0 50.0 % +20.00 30.0 Logins 12 days measured 50.0",
        "NPS 12 stale (2026-01-30)", "Total 100.0 % +45.00 55.0",
        "The contributions sum to the score, 45.000000.",
        "Not applicable, because nothing feeds them: spend.",
    ):  # fmt: skip
        assert part in text, part


def test_explain_says_when_contributions_do_not_sum_to_the_score(explained):
    text = explained(score="45.000001")
    assert "The contributions sum to 45.000000, NOT to the score 45.000001." in text


def test_explain_shows_caps_and_overrides(explained):
    capped = explained(
        effective_score="30.000000", capped_score="30.000000", cap_name="stuck",
        cap_reason="Work stands still.", cap_signal="critical_ticket_open_days",
        cap_title="Days a critical ticket has been open", cap_value="5.000000", cap_unit="days",
    )  # fmt: skip
    fact = "(Days a critical ticket has been open: 5 days)"
    assert "Score 45.0 computed, 30.0 effective" in capped
    assert f"Cap stuck lowers it to 30.0 {fact}: Work stands still." in capped
    assert f"The cap stuck binds {fact}. Nothing else lifts the account" in capped
    overridden = explained(
        effective_score="80.000000", override_id="o-1", override_kind="set",
        override_value="80.000000", override_author="Kim", override_reason="New contract.",
        override_expires_on="2026-03-01",
    )  # fmt: skip
    assert "Override o-1 by Kim (set 80.0) until 2026-03-01: New contract." in overridden
    assert "The override o-1 decides until 2026-03-01" in overridden


def test_explain_names_the_cheapest_single_signal(explained):
    costly = {"value_for_next_band": "25.000000", "points_for_next_band": "90.000000"}
    cheap = {**TICKETS, "value_for_next_band": "0.000000", "points_for_next_band": "60.000000"}
    text = explained(drivers=(costly, cheap))
    assert "Open tickets: from 3 tickets to 0 tickets lifts the account into green" in text
    assert "lifts" not in text.split("Open tickets: from")[0]


def test_explain_asks_for_whole_things_only(explained):
    more = {"value_for_next_band": "17.961000", "points_for_next_band": "6.000000"}
    assert "Logins: from 12 days to 18 days lifts" in explained(drivers=(more, TICKETS))
    fewer = {**TICKETS, "value_for_next_band": "1.900000", "points_for_next_band": "6.000000"}
    assert "Open tickets: from 3 tickets to 1 ticket lifts" in explained(drivers=({}, fewer))


def test_explain_names_the_fewest_signals_that_help_together(explained):
    both = explained(points_to_next_band="40.000000")
    assert "Together these can: Open tickets: up to 30.0 Logins: up to 25.0" in both
    one = explained(points_to_next_band="28.000000")
    assert "Together these can: Open tickets: up to 30.0" in one
    assert "Logins: up to" not in one
    assert "no signal alone can give them" in explained(points_to_next_band="56.000000")


def test_explain_of_a_sum_shows_free_weights_and_no_lost_points(explained):
    one = {"weight": "1.000000", "value": "1.000000"}
    text = explained(drivers=({**one}, {**TICKETS, **one}))
    assert (
        "Open tickets 1 ticket measured 40.0 1 +20.00 Logins 1 day measured 50.0 1 +25.00" in text
    )
    assert "Total +45.00 The contributions sum" in text
    assert "25.0 points are missing to green; no signal alone can give them." in text


def test_explain_says_why_there_is_no_next_band(explained):
    assert "green is the best band" in explained(
        band="green", next_band=None, points_to_next_band=None
    )
    text = explained(
        score=None, capped_score=None, effective_score=None, score_low=None, score_high=None,
        band="insufficient_data", next_band=None, points_to_next_band=None,
        drivers=({"state": "missing", **UNMEASURED}, STALE, ABSENT),
    )  # fmt: skip
    assert "No score, because too little is measured Band insufficient_data" in text
    assert "These would raise the coverage most: Logins (missing) NPS (stale" in text


def test_explain_finds_accounts_by_id_or_name_and_scorecards_by_name(explained):
    assert "Acme (a-1), loyalty" in explained("  acme", scorecard="loyalty")
    for account, scorecard, sentence, details in (
        ("BOLT", None, "Several accounts are called BOLT", ["a-2  Bolt", "a-3  bolt"]),
        ("Acne", None, "No account has the id or name Acne. The nearest", ["a-1  Acme"]),
        ("zzzz", None, "4 accounts are published", []),
        ("a-1", "x", "There is no scorecard x; there are: health, loyalty", []),
    ):
        with pytest.raises(Problem, match=sentence) as caught:
            explained(account, scorecard)
        assert (caught.value.code, caught.value.details) == (USAGE, details)


def test_explain_before_the_first_run_says_what_to_do(tmp_path):
    with pytest.raises(Problem, match="Nothing is published yet"):
        explain.read(tmp_path / "health.duckdb", "a-1")


def test_output_into_a_log_is_a_hundred_columns_wide_without_colour(capsys):
    terminal.console().print(terminal.table(("Signal", "Value"), [("long " * 60, "1 day")]))
    widths = [len(line.rstrip()) for line in capsys.readouterr().out.splitlines()]
    assert 90 < max(widths) <= 100
    terminal.console().print(terminal.table(("Signal",), [("logins",)]))
    assert capsys.readouterr().out.split() == ["Signal", "logins"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("12", "12"), ("12.345678", "12.35"), ("0.012345", "0.0123"), ("1234567", "1,234,567")],
)
def test_values_are_short(value, text):
    assert explain.trimmed(Decimal(value)) == text


# --- summary ---------------------------------------------------------------


def test_the_summary_tells_all_that_a_run_did(tmp_path):
    facts = {
        "publication": {"version": "v1", "is_synthetic": 1},
        "accounts": {"accounts": 3, "with_score": 2, "score_date": "2026-01-30"},
        "bands": [
            {"band": "green", "accounts": 2, "low": Decimal(80), "high": Decimal(90)},
            {"band": "insufficient_data", "accounts": 1, "low": None, "high": None},
        ],
        "inputs": [
            {"table_name": "accounts", "connector": "contract", "raw_rows": 1500,
             "accepted_rows": 1490, "superseded_rows": 3, "rejected_rows": 5, "duplicate_rows": 2}
        ],
        "findings": [
            {"finding": "stale_review", "severity": "information", "subject": "x", "row_count": 9,
             "detail": "Old.", "remedy": "Review."},
            {"finding": "stale_review", "severity": "information", "subject": "y",
             "row_count": 1200, "detail": "Old.", "remedy": "Review."},
            {"finding": "dead_feed", "severity": "warning", "subject": None, "row_count": 1,
             "detail": "Silent.", "remedy": None},
        ],
    }  # fmt: skip
    slow = SimpleNamespace(node=SimpleNamespace(resource_type="model", name="m"), execution_time=2)
    here = project.Project(tmp_path, tmp_path, tmp_path)
    arguments = (here, facts, "", [slow], {"build": 31.4, "publish": 0.5})
    text = " ".join(printed(summary.render, *arguments).split())
    for part in (
        "Scores of 2026-01-30 (the last complete day in the data", "3 accounts, 2 scored",
        "green 2 80.0 to 90.0 insufficient_data 1",
        "accounts contract 1,500 1,490 3 5 2",
        "[warning] dead_feed: Silent. 1 [information] stale_review: Old. y 1,200, x 9 Review.",
        "build 31 s, publish 0.5 s slowest models: m 2.0 s", "version v1", "./health explain",
    ):  # fmt: skip
        assert part in text, part
    assert "(synthetic demo data: they prove the machinery" in text
    facts["publication"]["is_synthetic"] = 0
    asked = printed(summary.render, here, facts, "2026-01-30", [slow], {})
    assert "(as asked for)" in asked and "synthetic" not in asked


# --- the verbs -------------------------------------------------------------


def test_wrong_use_exits_with_2_and_problems_with_their_code(monkeypatch, tmp_path):
    monkeypatch.setenv("HEALTH_SERVE_DIR", str(tmp_path))
    runner = CliRunner()
    for arguments in (["run", "--as-of", "2026-1-1"], ["run", "--as-of", "2026-02-30"], ["sing"]):
        assert runner.invoke(cli.app, arguments).exit_code == USAGE, arguments
    unpublished = runner.invoke(cli.app, ["explain", "a"])
    assert unpublished.exit_code == USAGE
    assert "health: Nothing is published yet" in unpublished.output


def test_every_verb_has_help_and_is_named_in_the_readme():
    verbs = list(typer.main.get_command(cli.app).commands)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"run", "status", "rollback", "docs"} <= set(verbs)
    for verb in verbs:
        assert CliRunner().invoke(cli.app, [verb, "--help"]).exit_code == 0, verb
        assert f"`{verb}`" in readme, verb


# --- the launcher ----------------------------------------------------------

UV = """#!/bin/sh
echo "$1" >> "{log}"
case "$1" in
venv)
    for folder; do :; done
    mkdir -p "$folder/bin"
    echo home > "$folder/pyvenv.cfg"
    ln -s "{python}" "$folder/bin/python";;
pip)
    sleep 0.3
    [ ! -e "{log}.offline" ] || {{ echo "error: dns error: no name"; exit 1; }}
esac
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout with the real launcher, a command line that prints, and a false uv."""
    folder = tmp_path / "checkout"
    (folder / "scripts/health_score").mkdir(parents=True)
    shutil.copy(ROOT / "health", folder)
    (folder / "requirements.lock").write_text("typer==1\n")
    (folder / "scripts/health_score/__init__.py").touch()
    (folder / "scripts/health_score/cli.py").write_text("import sys; print('verb', sys.argv[1:])")
    (tmp_path / "path").mkdir()
    log = tmp_path / "uv.log"
    (tmp_path / "path/uv").write_text(UV.format(log=log, python=sys.executable))
    (tmp_path / "path/uv").chmod(0o755)
    log.touch()
    return SimpleNamespace(folder=folder, log=log, path=f"{tmp_path / 'path'}:/usr/bin:/bin")


def launch(checkout, *arguments, **environment):
    clean = {k: v for k, v in os.environ.items() if k != "HEALTH_VENV"}
    return subprocess.Popen(
        [sys.executable, str(checkout.folder / "health"), *arguments],
        env={**clean, "PATH": checkout.path, **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_the_launcher_installs_once_and_hands_over(checkout):
    code, out, err = ended(launch(checkout, "run", "--as-of", "x"))
    assert (code, out) == (0, "verb ['run', '--as-of', 'x']\n")
    assert "Installing the packages" in err and "Installed in" in err
    assert ended(launch(checkout)) == (0, "verb []\n", "")
    assert checkout.log.read_text().split() == ["venv", "pip"]


def test_the_launcher_installs_again_when_the_lock_changed(checkout):
    ended(launch(checkout))
    (checkout.folder / "requirements.lock").write_text("typer==2\n")
    assert "Installed" in ended(launch(checkout))[2]
    assert ended(launch(checkout))[2] == ""


def test_an_interrupted_install_is_done_again(checkout):
    Path(f"{checkout.log}.offline").touch()
    code, out, err = ended(launch(checkout))
    assert (code, out) == (1, "")
    assert "could not be downloaded. Is there a network" in err
    Path(f"{checkout.log}.offline").unlink()
    assert ended(launch(checkout))[:2] == (0, "verb []\n")


@contextmanager
def held_open(checkout):
    """The lock of .venv as a running command holds it."""
    with open(checkout.folder / ".venv.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def test_two_launchers_at_once_install_once(checkout):
    with held_open(checkout):
        both = [launch(checkout, name) for name in ("one", "two")]
        for process in both:
            assert "Waiting for another ./health" in process.stderr.readline()
    assert sorted(ended(process)[:2] for process in both) == [
        (0, "verb ['one']\n"),
        (0, "verb ['two']\n"),
    ]
    assert checkout.log.read_text().split() == ["venv", "pip"]


def test_packages_are_not_replaced_under_a_running_command(checkout):
    ended(launch(checkout))
    with held_open(checkout):
        (checkout.folder / "requirements.lock").write_text("typer==2\n")
        waiting = launch(checkout)
        assert "Waiting for another ./health" in waiting.stderr.readline()
        time.sleep(0.5)
        assert checkout.log.read_text().split() == ["venv", "pip"]
    assert ended(waiting)[0] == 0
    assert checkout.log.read_text().split() == ["venv", "pip"] * 2


def test_the_launcher_never_deletes_a_folder_that_is_no_environment(checkout, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    code, _, err = ended(launch(checkout, HEALTH_VENV=str(tmp_path / "mine")))
    assert code == 1 and "no Python environment" in err
    assert (tmp_path / "mine/letter.txt").exists()


def test_an_old_python_gets_a_sentence(checkout):
    code = f"import sys; sys.version_info = (3, 9, 1); sys.argv = ['health']; " \
           f"exec(open({str(checkout.folder / 'health')!r}).read().replace('realpath(__file__)', " \
           f"'realpath(sys.argv[0])'))"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("health: Python 3.10 or newer is needed; this is 3.9.")


# ----------------------------------------------------------------------------------- configurations


def test_a_git_revision_is_a_configuration(tmp_path):
    """Its seeds as they were committed, not as they lie there now; no other file."""
    seeds = tmp_path / "repository" / "seeds" / "config"
    seeds.mkdir(parents=True)
    (seeds / "profiles.csv").write_text("profile\nformer\n")
    (seeds / "profiles.yml").write_text("seeds: []\n")
    git = ["git", "-C", str(tmp_path / "repository")]
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)
    (seeds / "profiles.csv").write_text("profile\npresent\n")
    here = project.Project(tmp_path / "repository", tmp_path / "build", tmp_path / "serve")
    (tmp_path / "fetched").mkdir()
    versions.fetch(here, "HEAD", tmp_path / "fetched")
    assert [path.name for path in (tmp_path / "fetched").iterdir()] == ["profiles.csv"]
    assert (tmp_path / "fetched" / "profiles.csv").read_text() == "profile\nformer\n"
    with pytest.raises(Problem, match="is no folder, no configuration of the history, and no git"):
        versions.fetch(here, "nowhere", tmp_path / "fetched")


# ------------------------------------------------------------------------------------------ since


@pytest.fixture
def ledger(tmp_path):
    """A published file: one account, weekly, a signal that comes and goes; its summary."""
    file = tmp_path / "health.duckdb"
    days = ["2026-01-02", "2026-01-09", "2026-01-16", "2026-01-23"]
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.account_health_history as select 'low' as account_id, "
            "'health' as scorecard, cast(unnest(?) as date) as score_date, 1 as is_as_published, "
            "50.0::numeric(28, 6) as effective_score, 'mid' as profile, 'Pro' as plan",
            [days],
        )
        connection.execute(
            "create table marts.account_health_changes (account_id varchar, scorecard varchar, "
            "compared_with varchar, score_date date, part varchar, signal varchar, title varchar, "
            "unit varchar, points numeric(28, 6), value_before numeric(28, 6), "
            "value_after numeric(28, 6), state_before varchar, state_after varchar, status varchar)"
        )
        for day, points, before, after in (
            (days[1], -2, 4, None), (days[2], 3, None, 5), (days[3], -1, 5, None),
        ):  # fmt: skip
            states = ["missing" if value is None else "measured" for value in (before, after)]
            connection.execute(
                "insert into marts.account_health_changes values ('low', 'health', 'previous', ?, "
                "'coverage', 'csat', 'Satisfaction', 'points', ?, ?, ?, ?, ?, 'split')",
                [day, points, before, after, *states],
            )
    return file, {"account_id": "low", "scorecard": "health", "score_date": days[-1]}


def test_a_signal_that_came_and_went_is_told_from_its_first_to_its_last_state(ledger):
    first, (row,), *_ = since.read(*ledger, "2026-01-02")
    assert str(first) == "2026-01-02" and row["points"] == 0
    assert (row["value_before"], row["value_after"]) == (4, None)
    assert (row["state_before"], row["state_after"]) == ("measured", "missing")
    _, (row,), *_ = since.read(*ledger, "2026-01-10")
    assert (row["value_before"], row["state_before"]) == (None, "missing")


def test_a_history_that_is_too_short_names_a_backfill_that_reaches(ledger):
    with pytest.raises(Problem) as caught:
        since.read(*ledger, "2025-12-31")
    command = caught.value.sentence.split("./health backfill ")[1].split()
    first, last = command[1], command[3]
    assert min(history.calendar(first, last, "week")) <= "2025-12-31"


NEW_SETTINGS = (
    "setting,value,unit,moves_scores\nonboarding_days,90,days,1\nbacktest_weeks,104,weeks,0\n"
)


def brought_up(tmp_path, older):
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(older)
    new.write_text(NEW_SETTINGS)
    versions.bring_up(old, new, "setting")
    return old.read_text()


def test_an_older_configuration_keeps_its_values_and_takes_what_came_after_it(tmp_path):
    found = brought_up(tmp_path, "setting,value,unit\nonboarding_days,60,days\n")
    assert found == NEW_SETTINGS.replace("90", "60")


def test_a_seed_that_is_not_there_is_not_made(tmp_path):
    versions.bring_up(tmp_path / "old.csv", tmp_path / "new.csv", "setting")
    assert not list(tmp_path.iterdir())


def test_an_older_seed_of_signals_takes_columns_and_no_signals(tmp_path):
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("signal,unit\nlogins,count\n")
    new.write_text("signal,unit,is_relative\nlogins,count,0\nseats,count,0\n")
    versions.bring_up(old, new, "signal")
    assert old.read_text() == "signal,unit,is_relative\nlogins,count,0\n"


@pytest.mark.parametrize(
    "older",
    [
        NEW_SETTINGS.replace("90", "60"),
        "unit,moves_scores,setting,value\nweeks,0,backtest_weeks,9\ndays,1,onboarding_days,60\n",
        "setting,value,unit\nonboarding_days,60,days,1\n",
        "setting,value,unit\nonboarding_days,60\n",
        "value,unit\n60,days\n",
        "setting,value,colour\nonboarding_days,60,red\n",
    ],
    ids=[
        "present",
        "in another order",
        "a cell too many",
        "a cell too few",
        "no key",
        "unknown column",
    ],
)
def test_a_configuration_that_is_present_or_faulty_stays_as_it_is(tmp_path, older):
    assert brought_up(tmp_path, older) == older


def limit_of(text):
    """What DuckDB makes of a memory limit, as it shows it."""
    with duckdb.connect(config={"memory_limit": text}) as connection:
        return connection.execute("select current_setting('memory_limit')").fetchone()[0]


def test_half_of_the_machine_is_a_limit_that_duckdb_reads():
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    half = project.half_of_memory()
    number, unit = half[:-3], half[-3:]
    assert unit == "MiB" and 0 <= total - 2 * int(number) * 2**20 < 2**21
    assert limit_of(half) == limit_of(f"{int(number) * 2**20}B")


@pytest.mark.parametrize("wanted", [None, "3GB"])
def test_dbt_hears_of_the_memory_limit_and_what_somebody_set_stands(tmp_path, monkeypatch, wanted):
    import dbt.cli.main

    heard = []

    class Runner:
        def __init__(self, callbacks):
            pass

        def invoke(self, command):
            heard.append(os.environ["HEALTH_MEMORY_LIMIT"])
            return SimpleNamespace(exception=None, result=SimpleNamespace(results=["one"]))

    monkeypatch.setattr(dbt.cli.main, "dbtRunner", Runner)
    monkeypatch.setenv("HEALTH_MEMORY_LIMIT", wanted or "")
    if wanted is None:
        monkeypatch.delenv("HEALTH_MEMORY_LIMIT")
    here = project.Project(tmp_path, tmp_path, tmp_path, {})
    project.dbt(here, ["build"])
    assert heard == [wanted or project.half_of_memory()]


def test_a_former_configuration_leaves_out_the_signals_that_came_after_it(tmp_path):
    root, former = tmp_path / "project", tmp_path / "former"
    for folder in (root / versions.SEEDS, former):
        folder.mkdir(parents=True)
        for name in versions.GROWING:
            (folder / f"{name}.csv").write_text(f"{versions.GROWING[name]},value\nold,1\n")
    (root / "dbt_project.yml").write_text("vars:\n  later_signals: []\n  as_of: ''\n")
    (root / versions.SEEDS / "signals.csv").write_text("signal,value\nold,1\nnew,1\n")
    (former / "signals.csv").write_text("signal,value\nold,1\n")
    here = project.Project(root, tmp_path / "build", tmp_path / "serve")
    for config, later in ((str(former), '["new"]'), (str(root / versions.SEEDS), "[]")):
        with versions.configured(here, config) as other:
            text = (other.root / "dbt_project.yml").read_text()
        assert text == f"vars:\n  later_signals: {later}\n  as_of: ''\n"


def test_the_project_declares_the_signals_that_a_former_configuration_lacks():
    text = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    assert "  later_signals: []\n" in text
    assert '  later_signals: ["x"]\n' in versions.without(text, ["x"])

"""What may go wrong: broken rows, gaps in the input, broken seeds, two runs at once, a kill.

Each fault must be told in a sentence with its own exit code, and readers must keep what they had.
"""

from __future__ import annotations

import fcntl
import shutil
import signal
import subprocess
from collections import Counter, defaultdict
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

import project_runs as runs
from broken_input import TOLERATED, broken_world
from health_score import exits, publish
from health_score.config_check import declared_seeds
from project_runs import Copy, health

pytestmark = pytest.mark.dbt

COUNTS = "raw_rows, accepted_rows, superseded_rows, rejected_rows, duplicate_rows"


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="session")
def demo(base):
    return runs.demo(base)


@pytest.fixture(scope="module")
def story(base, tmp_path_factory):
    """A project that has published once; every test leaves its tree as it was."""
    return runs.twin(runs.scored_demo(base), tmp_path_factory.mktemp("story"))


@contextmanager
def planted(copy: Copy):
    """Undo at the end whatever is changed in the seeds and models of a copy."""
    kept = copy.root.parent / "kept"
    parts = ("seeds", "models", "tests", "dbt_project.yml")
    for part in parts:
        source = copy.root / part
        if source.is_dir():
            shutil.copytree(source, kept / part)
        else:
            kept.mkdir(exist_ok=True)
            shutil.copy2(source, kept / part)
    try:
        yield copy.root
    finally:
        for part in parts:
            target = copy.root / part
            shutil.rmtree(target) if target.is_dir() else target.unlink()
            shutil.move(kept / part, target)
        shutil.rmtree(kept)


def assert_refused(copy: Copy, code: int, *sentences: str, arguments: tuple = ("run",)) -> str:
    """A run ends with `code` and says each sentence; readers keep version and content."""
    before = runs.publication(copy)
    done = health(copy, *arguments)
    assert done.code == code, done.output
    for sentence in sentences:
        assert sentence in done.flat, f"{sentence!r} is not in:\n{done.output}"
    assert "Nothing was published; readers still have the version" in done.flat
    assert runs.publication(copy) == before
    return done.output


# ------------------------------------------------------------------- rows that break the contract


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """(world of breaches, project that has scored it)."""
    folder = tmp_path_factory.mktemp("broken")
    world = broken_world()
    world.write(folder / "in")
    copy = runs.copy_tree(folder)
    done = health(copy, "run", "--input", folder / "in")
    assert done.code == exits.OK, done.output
    return world, copy


def test_every_breach_is_rejected_with_its_one_reason(broken):
    world, copy = broken
    found = runs.rows(
        copy.published,
        "select table_name, row_key, account_id, reason, count(*) from marts.rejected_rows "
        "where connector = 'contract' group by all",
    )
    rejected = Counter({row[:4]: row[4] for row in found})
    assert rejected - world.rejected == Counter(), "rejected, but sound or for another reason"
    assert world.rejected - rejected == Counter(), "not rejected"


def test_every_row_is_accepted_superseded_rejected_or_a_duplicate(broken):
    world, copy = broken
    found = runs.rows(copy.published, f"select table_name, {COUNTS} from marts.input_rows")
    status = ("accepted", "superseded", "rejected", "duplicate")
    expected = {
        table: (sum(counts.values()), *(counts[name] for name in status))
        for table, counts in world.counts.items()
    }
    assert {row[0]: row[1:] for row in found} == expected
    assert all(row[1] == sum(row[2:]) for row in found)


def test_other_spellings_of_sound_values_are_read(broken):
    _, copy = broken
    for number, (_, column, value) in enumerate(TOLERATED):
        query = (
            f"select cast({column} as varchar), copies from staging.stg_usage_events "
            "where event_id = ?"
        )
        found = runs.rows(copy.warehouse, query, (f"tolerated-{number}",))
        assert found == [(value, 1)], TOLERATED[number]


def test_an_erased_person_is_nobody_in_the_events_that_remain(broken):
    _, copy = broken
    query = (
        "select sum(copies) from staging.stg_usage_events where event_id = 'of-nobody' "
        "union all select count(*) from intermediate.int_usage_user_days where user_id = 'U9'"
    )
    assert runs.rows(copy.warehouse, query) == [(1,), (0,)]
    told = "select * from marts.rejected_rows where table_name <> 'erasure_requests'"
    assert not {"E1", "U9"} & {cell for row in runs.rows(copy.published, told) for cell in row}


def test_a_sound_account_is_scored_beside_all_that_is_broken(broken):
    _, copy = broken
    query = "select account_id, score is not null from marts.account_health"
    assert runs.rows(copy.published, query) == [("A1", True)]


# ------------------------------------------------------------------------------- gaps in the input

ABSENT = ("invoices", "csm_pulses")
EMPTY_PARQUET, EMPTY_CSV = "survey_responses", "success_activities"
ABSENT_COLUMNS = {
    "usage_events": {"session_id", "duration_seconds"},
    "support_tickets": {"severity", "first_responded_at", "_loaded_at"},
    "subscriptions": {"renews_at"},
}


@pytest.fixture(scope="module")
def gaps(demo, tmp_path_factory):
    """(project, output) of an input without some tables, rows and columns."""
    folder = tmp_path_factory.mktemp("gaps")
    write_gaps(demo, folder / "in")
    copy = runs.copy_tree(folder)
    done = health(copy, "run", "--input", folder / "in")
    assert done.code == exits.OK, done.output
    return copy, folder / "in"


def write_gaps(demo: Path, folder: Path) -> None:
    folder.mkdir()
    for table, path in runs.tables_of(demo).items():
        if table in ABSENT:
            continue
        columns, _ = runs.read_parquet(path)
        kept = [name for name in columns if name not in ABSENT_COLUMNS.get(table, ())]
        source = path / "*.parquet" if path.is_dir() else path
        limit = "limit 0" if table in (EMPTY_PARQUET, EMPTY_CSV) else ""
        suffix = "csv" if table == EMPTY_CSV else "parquet"
        duckdb.execute(
            f"copy (select {', '.join(kept)} from '{source}' {limit}) "
            f"to '{folder / table}.{suffix}'"
        )


def unmeasurable(root: Path, tables: set, columns: dict) -> set[str]:
    """Signals that need one of these tables or columns, by the seed signal_inputs."""
    return {
        row["signal"]
        for row in runs.seed_rows(root, "signal_inputs")
        if row["table_name"] in tables or row["column_name"] in columns.get(row["table_name"], ())
    }


def test_a_signal_is_not_applicable_exactly_where_nothing_feeds_it(gaps):
    copy, _ = gaps
    expected = unmeasurable(copy.root, {*ABSENT, EMPTY_PARQUET, EMPTY_CSV}, ABSENT_COLUMNS)
    states = defaultdict(set)
    query = "select distinct signal, state from intermediate.int_signal_states"
    for name, state in runs.rows(copy.warehouse, query):
        states[name].add(state)
    all_signals = {row["signal"] for row in runs.seed_rows(copy.root, "signals")}
    assert set(states) == all_signals
    assert {name for name in states if states[name] == {"not_applicable"}} == expected
    assert {name for name in states if "not_applicable" in states[name]} == expected
    assert 10 < len(expected) < len(all_signals)


def test_gaps_lower_source_coverage_and_leave_scores_exact(gaps):
    copy, _ = gaps
    worst = runs.rows(
        copy.published,
        "select max(source_coverage), count(score), max(coverage) from marts.account_scorecards "
        "where scorecard = 'health'",
    )[0]
    assert worst[0] < 1
    assert worst[1] > 0
    assert worst[2] == 1, "what nothing feeds must not lower the coverage of what is fed"
    sums = runs.rows(
        copy.published,
        "select count(*) from (select account_id, scorecard, sum(contribution) as total "
        "from marts.account_health_drivers group by all) as sums "
        "inner join marts.account_scorecards as scores using (account_id, scorecard) "
        "where total is distinct from score",
    )
    assert sums == [(0,)]


def test_empty_tables_are_counted_and_absent_ones_too(gaps):
    copy, _ = gaps
    found = dict(runs.rows(copy.published, "select table_name, raw_rows from marts.input_rows"))
    assert {name for name, count in found.items() if count == 0} == {
        *(set(ABSENT) & set(found)), EMPTY_PARQUET, EMPTY_CSV,
    }  # fmt: skip


def test_check_says_which_signals_the_input_cannot_feed(gaps):
    copy, folder = gaps
    done = health(copy, "check", "--input", folder)
    assert done.code == exits.OK, done.output
    listed = done.output.split("Not applicable, because the input lacks")[1]
    expected = unmeasurable(copy.root, set(ABSENT), ABSENT_COLUMNS)
    assert {line.split()[1] for line in listed.splitlines()[2:] if line.strip()} == expected
    for lack in ("usage_events.session_id", "invoices.paid_at", "csm_pulses (the table)"):
        assert lack in listed, lack
    for table in (EMPTY_PARQUET + ".parquet", EMPTY_CSV + ".csv"):
        assert f"{table}: there are no rows, so what needs them is not applicable." in done.output


def write_accounts(folder: Path, count: int) -> Path:
    folder.mkdir()
    lines = [[f"a{number}", "2025-01-01"] for number in range(count)]
    runs.write_csv(folder / "accounts.csv", ["account_id", "signed_up_at"], lines)
    return folder


@pytest.mark.slow
def test_accounts_alone_are_not_enough_for_a_score(tmp_path):
    copy = runs.copy_tree(tmp_path)
    done = health(copy, "run", "--input", write_accounts(tmp_path / "in", 3))
    assert done.code == exits.BAD_INPUT, done.output
    assert "This run would score nobody." in done.output
    assert not copy.published.exists()


# ----------------------------------------------------------------------------- input that is no use


def csv_input(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "accounts.csv").write_text(text, encoding="utf-8")
    return folder


BAD_INPUTS = {
    "no accounts": (None, "holds no file that a connector reads"),
    "other tables only": ("users", "There is no accounts table"),
    "required column missing": (
        "account_id,plan\na1,Growth\n",
        "accounts.csv: the column signed_up_at is missing, and accounts needs it.",
    ),
    "broken row": (
        "account_id,signed_up_at\na1,2025-01-01\na2,2025-01-01,more\n",
        "accounts.csv, line 3: 3 cells where the header has 2.",
    ),
    "open quote": (
        'account_id,signed_up_at\na1,2025-01-01\n"a2,2025-01-01\n',
        "accounts.csv, line 3: a quote is opened and not closed",
    ),
    "semicolons": ("account_id;signed_up_at\na1;2025-01-01\n", "separates by semicolons"),
}


@pytest.mark.parametrize("content, sentence", BAD_INPUTS.values(), ids=BAD_INPUTS)
def test_input_that_cannot_be_used_is_told(story, tmp_path, content, sentence):
    folder = tmp_path / "in"
    if content is None:
        folder.mkdir()
    elif content == "users":
        folder.mkdir()
        runs.write_csv(folder / "users.csv", ["user_id", "account_id"], [["u", "a"]])
    else:
        csv_input(folder, content)
    assert_refused(story, exits.BAD_INPUT, sentence, arguments=("run", "--input", folder))


def test_a_folder_that_is_not_there_is_told(story, tmp_path):
    arguments = ("run", "--input", tmp_path / "nowhere")
    assert_refused(story, exits.BAD_INPUT, "There is no folder", arguments=arguments)


@pytest.mark.slow
def test_a_day_before_all_data_scores_nobody(story, demo):
    arguments = ("run", "--input", demo, "--as-of", "2019-01-01")
    assert_refused(
        story,
        exits.BAD_INPUT,
        "This run would score nobody.",
        "the score date lies outside the data",
        arguments=arguments,
    )


@pytest.mark.slow
def test_a_day_long_after_all_data_scores_nobody(story, demo):
    arguments = ("run", "--input", demo, "--as-of", "2036-01-01")
    assert_refused(story, exits.BAD_INPUT, "This run would score nobody.", arguments=arguments)


@pytest.mark.slow
def test_tables_without_rows_score_nobody(story, tmp_path):
    arguments = ("run", "--input", write_accounts(tmp_path / "in", 0))
    assert_refused(story, exits.BAD_INPUT, "This run would score nobody.", arguments=arguments)


# ------------------------------------------------------------------------------------ broken seeds

HEALTH = {"scorecard": "health", "profile": "*"}


def rule(signal: str) -> dict[str, str]:
    return {**HEALTH, "signal": signal}


def tier(root: Path, signal: str, number: int) -> dict[str, str]:
    """The cells of a tier of the health score, the lowest being number 0."""
    return runs.matching(runs.seed_rows(root, "signal_tiers"), rule(signal))[number]


def empty_a_tier(root: Path) -> None:
    cells = tier(root, "nps_latest", 1)
    runs.change_seed(root, "signal_tiers", cells, upper_bound=cells["lower_bound"])


SEED_FAULTS = {
    "signal weights do not sum to 100": (
        lambda root: runs.shift_seed(root, "signal_rules", rule("seat_utilisation"), "weight", "1"),
        "signal_rules.csv", "scorecard=health, dimension=usage", "sum to 101",
    ),
    "dimension weights do not sum to 100": (
        lambda root: runs.shift_seed(
            root, "dimension_weights", {**HEALTH, "dimension": "community"}, "weight", "-0.5"
        ),
        "dimension_weights.csv", "scorecard=health", "sum to 99.5",
    ),
    "a tier was deleted": (
        lambda root: runs.delete_from_seed(root, "signal_tiers", tier(root, "usage_trend", 2)),
        "signal_tiers.csv", "signal=usage_trend", "has no points",
    ),
    "tiers overlap": (
        lambda root: runs.shift_seed(
            root, "signal_tiers", tier(root, "days_since_last_use", 2), "lower_bound", "-1"
        ),
        "signal_tiers.csv", "signal=days_since_last_use", "the one before it",
    ),
    "a tier cannot be reached": (
        empty_a_tier, "signal_tiers.csv", "signal=nps_latest", "no value can reach this tier",
    ),
    "the lowest tier has an end": (
        lambda root: runs.change_seed(
            root, "signal_tiers", tier(root, "usage_trend", 0), lower_bound="0"
        ),
        "signal_tiers.csv", "signal=usage_trend", "values below the lowest tier have no points",
    ),
    "no default profile": (
        lambda root: runs.delete_from_seed(root, "profiles", {"profile": "default"}),
        "profiles.csv", "profile=default", "there is no profile default",
    ),
    "two profiles with one priority": (
        lambda root: runs.change_seed(
            root, "profiles", {"profile": "mid"},
            priority=runs.matching(runs.seed_rows(root, "profiles"), {"profile": "small"})[0][
                "priority"
            ],
        ),
        "profiles.csv", "profile=mid", "another profile has the same priority",
    ),
    "no band takes the lowest scores": (
        lambda root: runs.change_seed(
            root, "health_bands", {"scorecard": "health", "band": "red"}, lower_bound="0.5"
        ),
        "health_bands.csv", "scorecard=health", "no band takes the lowest scores",
    ),
    "a rule names no signal": (
        lambda root: runs.change_seed(
            root, "signal_rules", {"scorecard": "adoption", "signal": "avg_session_minutes_28d"},
            signal="avg_session_hours",
        ),
        "signal_rules.csv", "signal=avg_session_hours", 'there is no signal "avg_session_hours"',
    ),
    "an input that the contract lacks": (
        lambda root: runs.change_seed(
            root, "signal_inputs", {"signal": "csm_pulse"}, column_name="mood"
        ),
        "signal_inputs.csv", "signal=csm_pulse", "the input contract has no csm_pulses.mood",
    ),
    "a signal that cannot grow old": (
        lambda root: runs.change_seed(
            root, "signal_inputs", {"signal": "open_tickets"}, sets_freshness="0"
        ),
        "signal_inputs.csv", "signal=open_tickets", "no input sets the freshness of the signal",
    ),
    "a row stands twice": (
        lambda root: runs.write_seed(
            root, "score_caps", runs.seed_rows(root, "score_caps") * 2
        ),
        "score_caps.csv", "cap_name=overdue_60_days", "the row stands 2 times",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def config_sql(base):
    """The models about the config alone as dbt compiled them: name -> SQL, in order."""
    copy = runs.scored_demo(base)
    return runs.compiled_models(copy, ("int_config_errors", "int_config_version"))


def config_models(root: Path, config_sql: dict) -> duckdb.DuckDBPyConnection:
    """A database in memory with the seeds of a project and the models about them."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as warehouse; use warehouse")
    connection.execute("create schema config; create schema intermediate")
    for seed, types in declared_seeds(root / "seeds/config").items():
        columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in types.items())
        file = root / "seeds/config" / f"{seed}.csv"
        connection.execute(
            f"create table config.{seed} as select {columns} "
            f"from read_csv('{file}', header = true, all_varchar = true, delim = ',', quote = '\"')"
        )
    for name, sql in config_sql.items():
        connection.execute(f"create table intermediate.{name} as {sql}")
    return connection


def test_the_seeds_as_they_are_have_no_error(story, config_sql):
    with config_models(story.root, config_sql) as connection:
        assert connection.execute("from intermediate.int_config_errors").fetchall() == []


@pytest.mark.parametrize("break_it, file, key, problem", SEED_FAULTS.values(), ids=SEED_FAULTS)
def test_one_broken_seed_is_one_error_in_one_file(story, config_sql, break_it, file, key, problem):
    with planted(story) as root:
        break_it(root)
        with config_models(root, config_sql) as connection:
            errors = connection.execute("from intermediate.int_config_errors").fetchall()
    assert {error[0] for error in errors} == {file}, errors
    assert any(key in error[1] and problem in error[2] for error in errors), errors


def test_all_broken_seeds_are_told_at_once_with_file_and_line(story, demo):
    with planted(story) as root:
        for break_it, *_ in SEED_FAULTS.values():
            break_it(root)
        done = health(story, "check", "--input", demo)
    assert done.code == exits.BAD_CONFIG, done.output
    for _, file, key, problem in SEED_FAULTS.values():
        line = [
            line for line in done.output.splitlines()
            if f"seeds/config/{file}" in line and key in line and problem in line
        ]  # fmt: skip
        assert line, f"{file} {key}: {problem}\n{done.output}"
        if file != "profiles.csv":  # the default profile that is missing has no line
            assert ", line" in line[0], line[0]


UNREADABLE_SEEDS = {
    "a cell is no number": (
        lambda root: runs.change_seed(
            root, "signal_rules", rule("seat_utilisation"), weight="twenty"
        ),
        "seeds/config/signal_rules.csv, line 4, column weight: 'twenty' is no number.",
    ),
    "a column is missing": (
        lambda root: runs.write_seed(
            root, "score_caps",
            [
                {name: cell for name, cell in row.items() if name != "cap"}
                for row in runs.seed_rows(root, "score_caps")
            ],
        ),
        "seeds/config/score_caps.csv, line 1, column cap: the column is missing.",
    ),
    "a file is missing": (
        lambda root: (root / "seeds/config/profiles.csv").unlink(),
        "seeds/config/profiles.csv: the file is missing.",
    ),
    "a comma is not quoted": (
        lambda root: (root / "seeds/config/settings.csv").write_text(
            "setting,value,unit,moves_scores,reason,reviewed_on\n"
            "onboarding_days,90,days,1,a,b,2026-01-15\n"
        ),
        "seeds/config/settings.csv, line 2: 7 cells where the header has 6",
    ),
}  # fmt: skip


@pytest.mark.parametrize("break_it, sentence", UNREADABLE_SEEDS.values(), ids=UNREADABLE_SEEDS)
def test_a_seed_that_cannot_be_read_is_told_before_anything_is_built(
    story, demo, break_it, sentence
):
    with planted(story) as root:
        break_it(root)
        assert_refused(story, exits.BAD_CONFIG, sentence, arguments=("run", "--input", demo))


def test_a_broken_weight_sum_stops_a_run_and_leaves_what_is_published(story, demo):
    with planted(story) as root:
        runs.shift_seed(root, "signal_rules", rule("active_days_28d"), "weight", "5")
        assert_refused(
            story,
            exits.BAD_CONFIG,
            "The configuration is wrong.",
            "seeds/config/signal_rules.csv",
            "(scorecard=health, dimension=usage): the weights of the signals sum to 105",
            arguments=("run", "--input", demo),
        )


FROM, TO = "days_since_last_use", "usage_trend"  # new alone has rows of its own for them


def move_five_points(root: Path) -> None:
    """From one signal of a dimension to another."""
    runs.shift_seed(root, "signal_rules", rule(FROM), "weight", "-5")
    runs.shift_seed(root, "signal_rules", rule(TO), "weight", "5")


@pytest.mark.slow
def test_moving_five_points_changes_scores_and_the_config_version(story, demo):
    versions = "select distinct config_version from marts.account_health"
    before = runs.rows(story.published, versions)
    weights = (
        "select signal, sum(weight) from marts.account_health_drivers where scorecard = 'health' "
        f"and signal in ('{FROM}', '{TO}') group by signal order by signal"
    )
    old = runs.rows(story.published, weights)
    with planted(story) as root:
        move_five_points(root)
        done = health(story, "run", "--input", demo)
    assert done.code == exits.OK, done.output
    after = runs.rows(story.published, versions)
    assert len(before) == len(after) == 1
    assert before != after
    new = runs.rows(story.published, weights)
    assert new[0][1] < old[0][1]
    assert new[1][1] > old[1][1]
    now = runs.marts(story.published)
    changed = {name for name, text in now.items() if text != story.marts[name]}
    assert {"account_health", "account_scorecards", "account_health_drivers"} <= changed
    assert not {"rejected_rows", "input_rows", "signal_quality"} & changed


NO_SCORE_MOVES = {
    "a reason": lambda root: runs.change_seed(
        root, "signal_rules", rule("csm_pulse"), reason="Said otherwise."
    ),
    "a review": lambda root: runs.change_seed(
        root, "health_bands", {"scorecard": "health"}, reviewed_on="2026-02-01"
    ),
    "the order of rows": lambda root: runs.write_seed(
        root, "signal_tiers", runs.seed_rows(root, "signal_tiers")[::-1]
    ),
    "a limit of drift": lambda root: runs.shift_seed(
        root, "settings", {"setting": "drift_index_max"}, "value", "0.1"
    ),
    "what moves a signal": lambda root: runs.change_seed(
        root, "signals", {"signal": "mrr"}, is_sum_of_rows="0", is_moved_from_outside="1"
    ),
    "zeros after the point": lambda root: runs.shift_seed(
        root, "dimension_weights", {**HEALTH, "dimension": "usage"}, "weight", "0.000"
    ),
}


@pytest.mark.parametrize("change", NO_SCORE_MOVES.values(), ids=NO_SCORE_MOVES)
def test_what_moves_no_score_keeps_the_config_version(story, config_sql, change):
    version = "select config_version from intermediate.int_config_version"
    with config_models(story.root, config_sql) as connection:
        before = connection.execute(version).fetchall()
    with planted(story) as root:
        change(root)
        with config_models(root, config_sql) as connection:
            assert connection.execute(version).fetchall() == before
        move_five_points(root)
        with config_models(root, config_sql) as connection:
            assert connection.execute(version).fetchall() != before


# ------------------------------------------------------------------------------------ failed audits

DOOMED_TEST = """
select *
from {{ ref('int_rejected_rows') }}
"""


def test_a_failed_audit_stops_all_marts_and_leaves_what_is_published(story, demo):
    """At once a test that fails, a signal of the seed without a model, and one of a model alone."""
    with planted(story) as root:
        (root / "tests/singular").mkdir(exist_ok=True)
        (root / "tests/singular/nothing_is_rejected.sql").write_text(DOOMED_TEST)
        forget_a_model(root)
        forget_a_signal(root)
        output = assert_refused(
            story,
            exits.FAILED_AUDIT,
            "The audit found rows that must not be published.",
            "nothing_is_rejected:",
            "all of them: select * from audit.nothing_is_rejected in ",
            "int_signal_values__signals_are_those_of_the_seed_and_no_others: 2 rows break it",
            "signal=moon_phase",
            "signal=csm_mood",
            arguments=("run", "--input", demo),
        )
    assert "table_name=" in output
    assert "account_health" not in output, "what was skipped is no news"


def forget_a_model(root: Path) -> None:
    """The seed names a signal that no model makes."""
    fields = runs.matching(runs.seed_rows(root, "signals"), {"signal": "csm_pulse"})[0]
    runs.add_to_seed(root, "signals", {**fields, "signal": "moon_phase"})
    needs = {"signal": "moon_phase", "table_name": "accounts", "column_name": "*"}
    runs.add_to_seed(root, "signal_inputs", {**needs, "sets_freshness": "1"})


def forget_a_signal(root: Path) -> None:
    """A model makes a signal that the seed does not name."""
    model = root / "models/intermediate/int_pulse_signals.sql"
    text = model.read_text(encoding="utf-8")
    text = text.replace("['csm_pulse']", "['csm_pulse', 'csm_mood']")
    column = "        csm_pulse,\n        happened_on\n"
    assert text.count(column) == 1
    text = text.replace(column, "        csm_pulse,\n        1 as csm_mood,\n        happened_on\n")
    model.write_text(text, encoding="utf-8")


# ------------------------------------------------------------------------------ two at once, a kill

PAUSE_IN_BUILD = """
import sys
from health_score import cli, project

moment = sys.argv.pop(1)
original = project.listener

def listener(update, warnings):
    on_event = original(update, warnings)
    def pausing(event):
        on_event(event)
        if event.info.name == "NodeFinished" and event.data.node_info.node_name == moment:
            print("paused", flush=True)
            sys.stdin.read()
    return pausing

project.listener = listener
cli.app(prog_name="./health")
"""

PAUSE_IN_PUBLICATION = """
import os
import sys
from pathlib import Path
from health_score import publish

warehouse, serve, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
calls = 0

def pausing(*arguments, **options):
    global calls
    calls += 1
    if moment == "fingerprint" and calls < 5:
        return original(*arguments, **options)
    print("paused", flush=True)
    sys.stdin.read()

where = os if moment in ("rename", "replace") else publish
original = getattr(where, moment)
setattr(where, moment, pausing)
publish.publish(warehouse, serve)
"""


@contextmanager
def paused(copy: Copy, code: str, *arguments: object):
    """A process that works on the copy and has stopped at its moment; killed at the end."""
    process = subprocess.Popen(
        runs.python(code, *arguments),
        cwd=copy.root,
        env=copy.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if line == "paused\n":
                break
        assert process.poll() is None, "".join(said)
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL


def leftovers(copy: Copy) -> list[str]:
    """What an interrupted publication leaves behind."""
    hidden = [*(copy.serve / "versions").glob(".*"), *copy.serve.glob(".new*")]
    return [path.name for path in hidden]


def next_version(copy: Copy, file: Path, name: str = "next") -> Path:
    """The built marts under the name of a later version."""
    shutil.copy(copy.warehouse, file)
    with duckdb.connect(str(file)) as connection:
        connection.execute("update marts.publication set version = version || ?", [f"-{name}"])
    return file


@pytest.mark.parametrize("moment", ["fingerprint", "verify", "seal", "rename", "switch", "replace"])
def test_death_while_publishing_leaves_readers_the_last_version(story, tmp_path, moment):
    before = runs.publication(story)
    warehouse = next_version(story, tmp_path / "warehouse.duckdb", moment)
    with paused(story, PAUSE_IN_PUBLICATION, warehouse, story.serve, moment):
        assert runs.publication(story) == before
    assert runs.publication(story) == before
    assert runs.marts(story.published)
    publish.clean_up(story.serve)
    assert leftovers(story) == []


def test_death_after_the_switch_leaves_readers_the_whole_new_version(base, tmp_path):
    story = runs.twin(runs.scored_demo(base), tmp_path / "twin")
    warehouse = next_version(story, tmp_path / "warehouse.duckdb")
    with paused(story, PAUSE_IN_PUBLICATION, warehouse, story.serve, "prune"):
        pass
    assert runs.publication(story)[1].endswith("-next")
    runs.assert_same_marts(runs.marts(story.published), story.marts)


@pytest.mark.slow
def test_a_second_run_is_refused_and_a_killed_one_is_healed_by_the_next(base, demo, tmp_path):
    """The first run stands still while it builds, and is killed there."""
    story = runs.twin(runs.scored_demo(base), tmp_path / "twin")
    before = runs.publication(story)
    arguments = ("run", "--input", demo)
    with duckdb.connect(str(story.published), read_only=True) as reader:
        query = "select count(*), sum(score) from marts.account_health"
        seen = reader.execute(query).fetchall()
        with paused(story, PAUSE_IN_BUILD, "signal_rules", *arguments) as process:
            busy = assert_refused_as_busy(story, arguments)
            assert f"process {process.pid}" in busy
            assert runs.publication(story) == before
        assert runs.publication(story) == before
        assert reader.execute(query).fetchall() == seen
    warehouse = next_version(runs.scored_demo(base), tmp_path / "next.duckdb")
    with paused(story, PAUSE_IN_PUBLICATION, warehouse, story.serve, "rename"):
        pass
    assert leftovers(story)

    done = health(story, *arguments)
    assert done.code == exits.OK, done.output
    assert "Removed what an interrupted run had left behind." in done.output
    assert leftovers(story) == []
    after = runs.publication(story)
    assert after[:2] != before[:2]
    runs.assert_same_marts(runs.marts(story.published), story.marts)


def assert_refused_as_busy(copy: Copy, arguments: tuple) -> str:
    done = health(copy, *arguments)
    assert done.code == exits.BUSY, done.output
    assert "Another ./health run is at work" in done.output
    return done.output


def test_the_lock_of_a_dead_run_does_not_block_the_next(story):
    """The file of the lock stays; what counts is whether somebody holds it."""
    lock = story.build / "lock"
    lock.write_text("999999\n")
    with open(lock, encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        busy = health(story, "run", "--input", "nowhere")
    assert busy.code == exits.BUSY
    assert health(story, "run", "--input", "nowhere").code == exits.BAD_INPUT


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["int_scores", "account_health"])
def test_death_late_in_a_build_is_healed_by_the_next_run(base, demo, tmp_path, moment):
    story = runs.twin(runs.scored_demo(base), tmp_path / "twin")
    before = runs.publication(story)
    with paused(story, PAUSE_IN_BUILD, moment, "run", "--input", demo):
        pass
    assert runs.publication(story) == before
    done = health(story, "run", "--input", demo)
    assert done.code == exits.OK, done.output
    runs.assert_same_marts(runs.marts(story.published), story.marts)

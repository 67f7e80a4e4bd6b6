"""The worklist: what a signal would bring is what the scorer gives; limits, snoozes and reports."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import project_runs as runs

pytestmark = pytest.mark.dbt

# From the values of the signals to the scores, each after what it reads.
SCORER = (
    "int_signal_states", "int_signal_points", "int_signal_priors", "int_scored_signals",
    "int_contributions", "int_computed_scores", "int_caps_in_force", "int_effective_scores",
    "int_scores",
)  # fmt: skip
ADVISER = ("int_signal_medians", "int_signal_moves", "int_score_moves")
OVERRIDES = {"set": 30, "cap": 55, "floor": 65}
VALUES = "intermediate.int_signal_values"


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="module")
def compiled(base: Path) -> dict[str, str]:
    return runs.compiled_models(runs.scored_demo(base), ("int_score_moves",))


@pytest.fixture
def warehouse(base: Path, tmp_path: Path, compiled: dict[str, str]):
    """A warehouse of the small demo with caps and overrides planted, scored and advised again."""
    copy = runs.twin(runs.scored_demo(base), tmp_path)
    with duckdb.connect(str(copy.warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'; set threads = 1")
        plant(connection)
        rebuild(connection, compiled, SCORER + ADVISER)
        yield connection


def plant(connection: duckdb.DuckDBPyConnection) -> None:
    """A second cap, accounts that meet one, the other and both, and an override of each kind."""
    connection.execute(
        "insert into config.score_caps by name select 'health' as scorecard, 'severe' as cap_name,"
        " 'resolved_tickets_90d' as signal, '<=' as comparison, 1 as threshold, 52 as cap,"
        " 'A signal without weight.' as reason, date '2026-01-15' as reviewed_on"
    )
    accounts = [found for (found,) in connection.execute(
        "select account_id from intermediate.int_scores where is_primary = 1 and score >= 50 "
        "order by account_id limit 15"
    ).fetchall()]  # fmt: skip
    assert len(accounts) == 15
    late = ", ".join(f"'{account}'" for account in accounts[:6])
    connection.execute(
        f"update {VALUES} set value = 75 "
        f"where signal = 'days_overdue_max' and account_id in ({late})"
    )
    connection.execute("delete from intermediate.int_overrides_in_force")
    for account, (kind, value) in zip(accounts[5:], [*OVERRIDES.items()] * 3, strict=False):
        connection.execute(
            "insert into intermediate.int_overrides_in_force by name "
            "select ? as account_id, max(score_date) as score_date, 'health' as scorecard, "
            "? as override_id, ? as override_kind, ? as override_value, 'why' as override_reason, "
            "'Ann' as override_author, max(score_date) as override_expires_on "
            "from intermediate.int_score_dates",
            [account, f"planted {account}", kind, value],
        )


def rebuild(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], models: tuple[str, ...]
) -> None:
    """Run models again, each into the table that it has."""
    for model in models:
        connection.execute(f"delete from intermediate.{model}")
        connection.execute(f"insert into intermediate.{model} by name ({compiled[model]})")


def replayed(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], signal: str
) -> list[tuple]:
    """(account, effective score, band) of the scorer when every move of this signal has happened.

    Accounts do not touch each other here: one whose signal is moved has it measured, so it reads
    no median of its peers for that signal, and all its other signals stay.
    """
    connection.execute("begin")
    moves = f"(select * from intermediate.int_score_moves where signal = '{signal}')"
    connection.execute(
        f"delete from {VALUES} where exists (select 1 from {moves} as moves where "
        "moves.account_id = int_signal_values.account_id "
        "and moves.signal = int_signal_values.signal "
        "and moves.score_date = int_signal_values.score_date)"
    )
    connection.execute(
        f"insert into {VALUES} by name select account_id, score_date, signal, "
        f"target_value as value, score_date as observed_on from {moves}"
    )
    rebuild(connection, compiled, SCORER)
    found = connection.execute(
        "select scores.account_id, scores.effective_score, scores.band "
        f"from intermediate.int_scores as scores join {moves} as moves "
        "using (account_id, score_date, scorecard) order by 1"
    ).fetchall()
    connection.execute("rollback")
    return found


def differences(connection: duckdb.DuckDBPyConnection, compiled: dict[str, str]) -> list[tuple]:
    """Moves of which the scorer says something else than the worklist."""
    found = []
    for (signal,) in connection.execute(
        "select distinct signal from intermediate.int_score_moves order by 1"
    ).fetchall():
        said = connection.execute(
            "select account_id, effective_score_if_moved, band_if_moved "
            "from intermediate.int_score_moves where signal = ? order by 1",
            [signal],
        ).fetchall()
        scored = replayed(connection, compiled, signal)
        assert [row[0] for row in said] == [row[0] for row in scored]
        found += [(signal, a, b) for a, b in zip(said, scored, strict=True) if a != b]
    return found


def test_every_move_brings_what_the_scorer_gives(warehouse, compiled) -> None:
    """To six decimals, for every account and signal: all tiers, medians, caps and overrides."""
    assert not differences(warehouse, compiled)
    kinds = dict(warehouse.execute(
        "select case when scores.override_kind is not null then override_kind "
        "when cap_name is not null then 'capped' else 'free' end, count(*) "
        "from intermediate.int_score_moves as moves join intermediate.int_scores as scores "
        "using (account_id, score_date, scorecard) group by 1"
    ).fetchall())  # fmt: skip
    assert set(kinds) == {"free", "capped", "set", "cap", "floor"}
    assert kinds["free"] > 100
    (lifted,) = warehouse.execute(
        "select count(*) from intermediate.int_score_moves "
        "where signal = 'resolved_tickets_90d' and gain > 0"
    ).fetchone()
    assert lifted > 0, "a cap without weight is lifted by nothing"


def test_a_score_that_is_off_by_a_millionth_is_found(warehouse, compiled) -> None:
    warehouse.execute(
        "update intermediate.int_score_moves set "
        "effective_score_if_moved = effective_score_if_moved + 0.000001 "
        "where move_rank = 1 and account_id = (select min(account_id) from "
        "intermediate.int_score_moves)"
    )
    assert len(differences(warehouse, compiled)) == 1


def test_nobody_gains_more_by_another_signal_that_can_be_moved(base: Path) -> None:
    copy = runs.scored_demo(base)
    better = runs.rows(
        copy.warehouse,
        "select worklist.account_id from intermediate.int_worklist as worklist "
        "join intermediate.int_score_moves as moves using (account_id) "
        "join config.playbook as plays on moves.signal = plays.signal "
        "where plays.can_move = 1 and moves.gain > worklist.gain",
    )
    assert not better


def test_each_manager_gets_as_many_as_the_team_can_work_on(base: Path, tmp_path: Path) -> None:
    """And a snoozed account gives its place to the next; an unknown one is told."""
    copy = runs.twin(runs.scored_demo(base), tmp_path)
    ranked = runs.rows(
        copy.published, "select account_id, csm from marts.account_worklist order by rank_overall"
    )
    first = ranked[0][0]
    runs.write_seed(copy.root, "worklist_snoozes", [
        {"account_id": name, "snoozed_until": "2026-02-15", "reason": "Called.", "author": "Ann"}
        for name in (first, "nobody")
    ])  # fmt: skip
    done = runs.build(
        copy, "build", "--select", "worklist_snoozes", "int_worklist_accounts", "int_worklist",
        "int_worklist_findings", "account_worklist", "--exclude-resource-type", "unit_test",
        variables={"input_dir": str(runs.demo(base)), "worklist_size": 2},
    )  # fmt: skip
    assert not runs.failed(done)
    listed = runs.rows(copy.warehouse, "select account_id, csm from marts.account_worklist")
    everybody = runs.rows(
        copy.warehouse, "select csm, count(*) from intermediate.int_worklist group by 1"
    )
    assert first not in [account for account, _ in listed]
    for csm, count in everybody:
        assert sum(1 for _, other in listed if other == csm) == min(2, count)
    told = runs.rows(
        copy.warehouse, "select finding, subject from intermediate.int_worklist_findings"
    )
    assert told == [(
        "snooze of an unknown account",
        "worklist_snoozes.csv account_id=nobody, snoozed_until=2026-02-15",
    )]  # fmt: skip


def test_every_account_stands_in_one_stage_and_opportunities_are_healthy(base: Path) -> None:
    copy = runs.scored_demo(base)
    (accounts,) = runs.rows(copy.published, "select count(*) from marts.account_health")[0]
    (stages,) = runs.rows(copy.published, "select count(*) from marts.account_lifecycle")[0]
    assert accounts == stages
    wrong = runs.rows(
        copy.published,
        "select offers.account_id from marts.expansion_opportunities as offers "
        "join marts.account_scorecards as scores using (account_id, scorecard) "
        "where scores.colour <> 'green' or scores.cap_name is not null",
    )
    assert not wrong


def test_the_worklist_moves_no_score(base: Path, tmp_path: Path) -> None:
    """Its seeds stay out of the fingerprint of the configuration."""
    copy = runs.twin(runs.scored_demo(base), tmp_path)
    query = "select config_version from intermediate.int_config_version"
    before = runs.rows(copy.warehouse, query)
    runs.change_seed(copy.root, "renewal_urgency", {"days_from": "0"}, factor="4")
    runs.change_seed(copy.root, "playbook", {"signal": "open_tickets"}, can_move="0")
    runs.change_seed(copy.root, "settings", {"setting": "expansion_signs_min"}, value="3")
    done = runs.build(
        copy, "build", "--select", "renewal_urgency", "playbook", "settings", "int_config_version",
        "--exclude-resource-type", "unit_test", "test",
        variables={"input_dir": str(runs.demo(base))},
    )  # fmt: skip
    assert not runs.failed(done)
    assert runs.rows(copy.warehouse, query) == before
    factors = runs.rows(copy.warehouse, "select max(factor) from config.renewal_urgency")
    assert factors == [(Decimal(4),)]

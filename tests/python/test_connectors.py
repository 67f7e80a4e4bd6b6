"""Input as it comes: CSV with every trap, Parquet, other formats, RavenStack, two sources."""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

import project_runs as runs
from health_score import exits, inputs
from project_runs import ROOT, Copy, health

pytestmark = pytest.mark.dbt

FIXTURE = ROOT / "tests/fixtures/ravenstack"
COUNTS = "raw_rows, accepted_rows, superseded_rows, rejected_rows, duplicate_rows"
AS_OF = "2024-12-31"


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return tmp_path_factory.getbasetemp()


def scored(folder: Path, *arguments: object) -> Copy:
    """A fresh copy of the project that has scored an input."""
    copy = runs.copy_tree(folder)
    done = health(copy, "run", *arguments)
    assert done.code == exits.OK, done.output
    return copy


def marts_of(folder: Path, **variables: object) -> dict[str, str]:
    """The marts of a fresh copy built on folder/in with these vars, not audited."""
    copy = runs.copy_tree(folder)
    found = inputs.discover(copy.root, folder / "in")
    variables |= {"input_dir": str(folder / "in"), "inputs": found.inputs}
    left_out = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    assert runs.failed(runs.build(copy, "build", *left_out, variables=variables)) == []
    return runs.marts(copy.warehouse)


def input_rows(copy: Copy, connector: str = "ravenstack") -> dict[str, tuple]:
    """Table -> (raw, accepted, superseded, rejected, duplicate) of a connector."""
    query = f"select table_name, {COUNTS} from marts.input_rows where connector = '{connector}'"
    return {row[0]: row[1:] for row in runs.rows(copy.published, query)}


# ---------------------------------------------------------------------------- one input, many files

REMARK = 'two\nlines, "quoted"'


def as_text(value: object, moment: str, comma: bool, words: tuple[str, str]) -> str:
    """A value of a Parquet file as a CSV writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return words[0] if value else words[1]
    if isinstance(value, datetime):
        return value.strftime(moment)
    if isinstance(value, date):
        return value.strftime(moment.partition("%H")[0].rstrip("T "))
    if isinstance(value, str):
        return value
    return str(value).replace(".", ",") if comma else str(value)


def write_as_csv(path: Path, file: Path, moment: str, comma: bool, words: tuple[str, str]) -> None:
    """A table as CSV with a byte order mark, CRLF, other column order and a column too many."""
    columns, lines = runs.read_parquet(path)
    header = ["REMARK", *[name.upper() for name in columns][::-1]]
    cells = [[REMARK, *[as_text(c, moment, comma, words) for c in line][::-1]] for line in lines]
    runs.write_csv(file, header, cells, encoding="utf-8-sig", lineterminator="\r\n")


def write_with_zone(path: Path, file: Path) -> None:
    """A table as Parquet whose instants have a time zone."""
    columns, _ = runs.read_parquet(path)
    instants = [name for name, kind in columns.items() if kind.startswith("TIMESTAMP")]
    zoned = ", ".join(f"{name} at time zone 'UTC' as {name}" for name in instants)
    source = path / "*.parquet" if path.is_dir() else path
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'America/St_Johns'")
        connection.execute(
            f"copy (select * replace ({zoned}) from '{source}') to '{file}' (format parquet)"
        )


@pytest.mark.slow
def test_csv_with_every_trap_gives_the_marts_of_parquet(base, tmp_path):
    (tmp_path / "in").mkdir()
    for table, path in runs.tables_of(runs.demo(base)).items():
        file = tmp_path / "in" / f"{table}.csv"
        write_as_csv(path, file, "%Y-%m-%dT%H:%M:%S", False, ("true", "false"))
    runs.assert_same_marts(marts_of(tmp_path), runs.scored_demo(base).marts)


@pytest.mark.slow
def test_declared_formats_and_time_zones_give_the_marts_of_plain_parquet(base, tmp_path):
    """Half of the tables as CSV in another country's spelling, half as Parquet with zones."""
    (tmp_path / "in").mkdir()
    spelling = ("%d/%m/%Y %H:%M:%S", True, ("J", "N"))
    for number, (table, path) in enumerate(runs.tables_of(runs.demo(base)).items()):
        if number % 2 or table in ("subscriptions", "score_overrides", "exchange_rates"):
            write_as_csv(path, tmp_path / "in" / f"{table}.csv", *spelling)
        else:
            write_with_zone(path, tmp_path / "in" / f"{table}.parquet")
    formats = {"timestamp": "dmy", "number": "comma", "true": "J", "false": "N"}
    assert {path.suffix for path in (tmp_path / "in").iterdir()} == {".csv", ".parquet"}
    ours = marts_of(tmp_path, formats={"contract": formats})
    runs.assert_same_marts(ours, runs.scored_demo(base).marts)


# ------------------------------------------------------------------------------ the fixture's traps

FIXTURE_ROWS = {
    "accounts": (7, 6, 0, 1, 0),
    "subscriptions": (14, 10, 0, 4, 0),
    "usage_events": (34, 28, 0, 5, 1),
    "support_tickets": (10, 6, 0, 4, 0),
    "survey_responses": (6, 4, 0, 2, 0),
    "churn_events": (4, 2, 0, 2, 0),
}
FIXTURE_REJECTED = {
    ("accounts", "A-5", "signup_date is not a timestamp in the declared format"),
    ("subscriptions", "S-9", "account_id is unknown"),
    ("subscriptions", "S-12", "ended_at is before started_at"),
    ("subscriptions", "S-13", "start_date is not a timestamp in the declared format"),
    ("subscriptions", "S-14", "account_id is unknown"),
    ("usage_events", "U-55", "subscription_id is unknown"),
    ("usage_events", "U-56", "usage_date is not a timestamp in the declared format"),
    ("usage_events", "U-57", "duration_seconds is negative"),
    ("usage_events", "U-59", "account_id is unknown"),
    ("usage_events", "?", "event_id is missing"),
    ("support_tickets", "T-6", "resolved_at is before opened_at"),
    ("support_tickets", "T-7", "closed_at is not a timestamp in the declared format"),
    ("support_tickets", "T-9", "account_id is unknown"),
    ("support_tickets", "T-10", "severity is none of low, normal, high, critical"),
    ("survey_responses", "T-8", "score is outside 1 to 5"),
    ("survey_responses", "T-9", "account_id is unknown"),
    ("churn_events", "C-3", "account_id is unknown"),
    ("churn_events", "C-4", "is_reactivation is not a boolean in the declared format"),
}
FIXTURE_FINDINGS = {
    ("same key, different content", "usage_events"): 1,  # U-50
    ("usage outside its subscription", "ravenstack"): 2,  # U-52 after, U-53 before
    ("usage of nothing", "ravenstack"): 1,  # U-58
    ("usage before sign-up", "usage_events"): 1,  # U-53
    ("usage without a subscription", "usage_events"): 1,  # U-53
    ("tickets before sign-up", "support_tickets"): 1,  # T-5
    ("many subscriptions at once", "subscriptions"): 1,  # A-4 has four
    ("churn flag without churn event", "ravenstack"): 1,
    ("churn event without churn flag", "ravenstack"): 1,
    ("churned but subscribed", "churn_events"): 1,
}
# What depends on the config seeds and not on the connector alone.
OF_THE_CONFIG = {"rejected rows", "lopsided bands", "mostly green", "stale signal",
                 "overwritten value in a score",
                 "signals not fed", "rules not reviewed", "feed stopped", "values missing",
                 "unit changed", "duplicated load", "population changed"}  # fmt: skip


def findings(copy: Copy) -> dict[tuple[str, str], int]:
    query = "select finding, subject, row_count from marts.findings"
    found = runs.rows(copy.published, query)
    return {(row[0], row[1]): row[2] for row in found if row[0] not in OF_THE_CONFIG}


@pytest.fixture(scope="module")
def fixture_scored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ravenstack")
    return scored(folder, "--connector", "ravenstack", "--input", FIXTURE, "--as-of", AS_OF)


def test_every_row_of_the_fixture_is_accounted_for(fixture_scored):
    assert input_rows(fixture_scored) == FIXTURE_ROWS
    query = "select table_name, row_key, reason from marts.rejected_rows"
    assert set(runs.rows(fixture_scored.published, query)) == FIXTURE_REJECTED


def test_the_contradictions_of_the_fixture_are_findings(fixture_scored):
    assert findings(fixture_scored) == FIXTURE_FINDINGS


def test_accounts_that_left_are_not_scored_and_those_on_trial_are(fixture_scored):
    query = "select account_id, lifecycle_stage = 'trial', mrr from marts.account_health"
    found = {row[0]: row[1:] for row in runs.rows(fixture_scored.published, query)}
    assert set(found) == {"A-1", "A-2", "A-3", "A-4", "A-6"}
    assert [account for account, row in found.items() if row[0]] == ["A-6"]
    assert found["A-4"][1] == 114 + 588 + 686 + 784
    query = "select account_id from marts.account_health where score is not null"
    assert ("A-1",) in runs.rows(fixture_scored.published, query)


def test_the_fixture_has_the_line_ends_of_the_real_files():
    for path in FIXTURE.glob("*.csv"):
        first = path.read_bytes().split(b"\n")[0]
        assert first.endswith(b"\r"), f"{path.name}: git has changed its line ends"


# ----------------------------------------------------------------------------------- the real files


def real_files() -> Path:
    """The folder of the real files; a visible skip where there is none."""
    named = os.environ.get("RAVENSTACK_DIR")
    folder = Path(named) if named else ROOT.parent / "shared/data/ravenstack"
    if not (folder / "ravenstack_accounts.csv").exists():
        pytest.skip(f"no RavenStack files in {folder}; name their folder with RAVENSTACK_DIR")
    return folder


def read(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"ravenstack_{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def contradictions(folder: Path) -> dict[tuple[str, str], int]:
    """The findings that the files must lead to, counted here without a line of SQL."""
    accounts = {row["account_id"]: row for row in read(folder, "accounts")}
    subscriptions = {row["subscription_id"]: row for row in read(folder, "subscriptions")}
    usage, churned = read(folder, "feature_usage"), read(folder, "churn_events")
    owner = {key: row["account_id"] for key, row in subscriptions.items()}
    paid, live = defaultdict(list), Counter()
    for row in subscriptions.values():
        paid[row["account_id"]].append((row["start_date"], row["end_date"] or "9999"))
        is_live = row["start_date"] <= AS_OF and (not row["end_date"] or row["end_date"] > AS_OF)
        live[row["account_id"]] += is_live and row["is_trial"] == "False"
    (most,) = [
        float(row["value"])
        for row in runs.seed_rows(ROOT, "settings")
        if row["setting"] == "parallel_subscriptions_max"
    ]
    flagged = {key for key, row in accounts.items() if row["churn_flag"] == "True"}
    left = {row["account_id"] for row in churned}
    contents = defaultdict(set)
    for row in usage:
        contents[row["usage_id"]].add(
            (owner[row["subscription_id"]], row["usage_date"], row["feature_name"],
             row["usage_duration_secs"])
        )  # fmt: skip

    def outside(row: dict) -> bool:
        of = subscriptions[row["subscription_id"]]
        return not of["start_date"] <= row["usage_date"] <= (of["end_date"] or "9999")

    def uncovered(row: dict) -> bool:
        periods = paid[owner[row["subscription_id"]]]
        return not any(begin <= row["usage_date"] <= end for begin, end in periods)

    def early(row: dict) -> bool:
        return row["usage_date"] < accounts[owner[row["subscription_id"]]]["signup_date"]

    def still_pays(row: dict) -> bool:
        return row["is_reactivation"] == "False" and any(
            begin < row["churn_date"] and end > AS_OF and of["is_trial"] == "False"
            for of in subscriptions.values()
            if of["account_id"] == row["account_id"]
            for begin, end in [(of["start_date"], of["end_date"] or "9999")]
        )

    counts = {
        ("same key, different content", "usage_events"): sum(
            len(of) > 1 for of in contents.values()
        ),
        ("usage outside its subscription", "ravenstack"): sum(map(outside, usage)),
        ("usage of nothing", "ravenstack"): sum(row["usage_count"] == "0" for row in usage),
        ("usage before sign-up", "usage_events"): sum(map(early, usage)),
        ("usage without a subscription", "usage_events"): sum(map(uncovered, usage)),
        ("tickets before sign-up", "support_tickets"): sum(
            row["submitted_at"][:10] < accounts[row["account_id"]]["signup_date"]
            for row in read(folder, "support_tickets")
        ),
        ("many subscriptions at once", "subscriptions"): sum(n > most for n in live.values()),
        ("churn flag without churn event", "ravenstack"): len(flagged - left),
        ("churn event without churn flag", "ravenstack"): len(left - flagged),
        ("churned but subscribed", "churn_events"): len(
            {row["account_id"] for row in churned if still_pays(row)}
        ),
    }
    return {finding: count for finding, count in counts.items() if count}


@pytest.mark.slow
@pytest.mark.ravenstack
def test_the_real_files_are_scored_and_their_contradictions_told(tmp_path):
    folder = real_files()
    copy = scored(tmp_path, "--connector", "ravenstack", "--input", folder, "--as-of", AS_OF)
    found = input_rows(copy)
    for table, (raw, *parts) in found.items():
        assert raw == sum(parts), table
    answered = sum(row["satisfaction_score"] != "" for row in read(folder, "support_tickets"))
    assert {table: counts[0] for table, counts in found.items()} == {
        "accounts": len(read(folder, "accounts")),
        "subscriptions": len(read(folder, "subscriptions")),
        "usage_events": len(read(folder, "feature_usage")),
        "support_tickets": len(read(folder, "support_tickets")),
        "survey_responses": answered,
        "churn_events": len(read(folder, "churn_events")),
    }
    assert runs.rows(copy.published, "select count(score) from marts.account_health") == [(500,)]
    assert findings(copy) == contradictions(folder)


# ----------------------------------------------------------------------------------- two connectors

CONTRACT = {
    "accounts": (
        "account_id,account_name,signed_up_at\n"
        "A-1,Company One,2023-01-31\n"
        "A-8,Company Eight,2023-01-01\n"
    ),
    "support_tickets": (
        "ticket_id,account_id,opened_at,resolved_at,severity\nT-1,A-8,2024-12-20,,high\n"
    ),
    "subscriptions": (
        "subscription_id,account_id,mrr,seats,started_at,is_trial\n"
        "S-1,A-8,500,10,2023-01-01,false\n"
    ),
    "subscription_versions": "subscription_id,valid_from,seats\nS-1,2024-06-01,8\n",
    "users": "user_id,account_id,created_at\nU-1,A-8,2023-01-02\nU-2,A-8,2023-01-02\n",
    "usage_events": (
        "event_id,account_id,user_id,feature,occurred_at\n"
        "U-1,A-8,U-1,reports,2024-12-30\nU-2,A-8,U-2,reports,2024-12-31\n"
    ),
    "erasure_requests": "account_id,user_id,requested_at\n,U-2,2024-12-31\n",
}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The fixture and a few tables of the contract in one folder, without a --connector."""
    folder = tmp_path_factory.mktemp("both")
    (folder / "in").mkdir()
    for path in FIXTURE.glob("*.csv"):
        (folder / "in" / path.name).write_bytes(path.read_bytes())
    for table, text in CONTRACT.items():
        (folder / "in" / f"{table}.csv").write_text(text)
    return scored(folder, "--input", folder / "in", "--as-of", AS_OF)


@pytest.mark.slow
def test_two_connectors_feed_one_table_and_their_keys_stay_apart(both):
    query = "select ticket_id, account_id from staging.stg_support_tickets where ticket_id like ?"
    assert set(runs.rows(both.warehouse, query, ("%:T-1",))) == {
        ("contract:T-1", "A-8"), ("ravenstack:T-1", "A-1"),
    }  # fmt: skip
    assert input_rows(both) == FIXTURE_ROWS
    # A-1 comes from both; of its versions the later sign-up counts.
    assert input_rows(both, "contract")["accounts"] == (2, 1, 1, 0, 0)
    rejected = runs.rows(
        both.published,
        "select table_name, row_key from marts.rejected_rows where connector = 'contract'",
    )
    assert rejected == [("users", "erased")]


@pytest.mark.slow
def test_a_key_of_another_table_bears_the_same_connector(both):
    """Else a version would be of no subscription, and an erased person stay among the users."""
    query = (
        "select subscription_id, seats from intermediate.int_subscription_dates "
        "where subscription_id like '%:S-1'"
    )
    assert set(runs.rows(both.warehouse, query)) == {("contract:S-1", 8), ("ravenstack:S-1", 20)}
    query = "select user_id from intermediate.int_usage_user_days where account_id = 'A-8'"
    assert runs.rows(both.warehouse, query) == [("U-1",)]


@pytest.mark.slow
def test_accounts_of_both_sources_are_scored(both):
    found = {
        row[0] for row in runs.rows(both.published, "select account_id from marts.account_health")
    }
    assert found == {"A-1", "A-2", "A-3", "A-4", "A-6", "A-8"}
    variables = runs.rows(both.published, "select vars_in_force from marts.publication")
    assert "contract" in str(variables)
    assert "ravenstack" in str(variables)

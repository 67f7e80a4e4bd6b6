"""The backtest against all pairs, on histories made by hand; what it says of noise and leaks."""

from __future__ import annotations

import re
from datetime import timedelta
from random import Random

import duckdb
import pytest

import backtest_worlds as worlds
import real_project
from backtest_worlds import LAST_DAY, World, judge, random_world

CLOSE = 2e-6
CONTRASTS = [
    (horizon, lead, cohort)
    for horizon in (30, 60, 90, 180)
    for lead in (0, 14)
    for cohort in ("all", "renewal")
]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> worlds.Models:
    project = real_project.copy_project(tmp_path_factory.mktemp("backtest"))
    return worlds.Models(project, real_project.parsed(project))


def rows(connection, query: str, *parameters: object) -> list[dict]:
    cursor = connection.execute(query, list(parameters))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def performance(connection, **wanted: object) -> list[dict]:
    wanted = {"dimension": "*", "quarter": "all", "profile": "*", **wanted}
    text = " and ".join(f"{name} = ?" for name in wanted)
    query = f"select * from validation.int_scorecard_performance where {text}"
    return rows(connection, query, *wanted.values())


def assert_close(found: object, expected: float | None, what: str) -> None:
    if expected is None:
        assert found is None, what
    else:
        assert found is not None and abs(float(found) - expected) < CLOSE, (what, found, expected)


@pytest.mark.parametrize(("seed", "levels"), [(1, 0), (2, 3), (3, 12)])
def test_every_cell_equals_all_pairs(models: worlds.Models, seed: int, levels: int) -> None:
    world = random_world(Random(seed), accounts=170, dates=40, levels=levels)
    with models.run(world) as connection:
        judged = 0
        for profile in ("*", "small", "mid"):
            members = {a for a in world.periods if profile in ("*", world.profiles[a])}
            for horizon, lead, cohort in CONTRASTS:
                if cohort == "renewal" and profile != "*":
                    continue
                expected = judge(world, world.scores, horizon, lead, cohort, members)
                found = performance(
                    connection, horizon_days=horizon, lead_days=lead, cohort=cohort, profile=profile
                )
                if (
                    not expected.churned_rows
                    - expected.unscored_churned
                    + (expected.kept_rows - expected.unscored_kept)
                ):
                    assert not found
                    continue
                (row,) = found
                what = f"{profile} {horizon} {lead} {cohort}"
                for name, value in (
                    ("auc", expected.auc), ("auc_low", expected.low), ("auc_high", expected.high),
                    ("effective_auc", expected.auc), *(
                        (f"lift_{k}", lift) for k, lift in expected.lifts.items()
                    ),
                ):  # fmt: skip
                    assert_close(row[name], value, f"{what} {name}")
                assert row["account_date_count"] == expected.churned_rows + expected.kept_rows, what
                total = expected.churned_rows + expected.kept_rows
                assert_close(row["base_rate"], expected.churned_rows / total, what)
                if expected.churned_rows:
                    share = expected.unscored_churned / expected.churned_rows
                    assert_close(row["unscored_churned_share"], share, what)
                assert (row["reason"] is None) == (expected.auc is not None)
                judged += expected.auc is not None
        assert judged > 10


def test_rivals_are_judged_on_the_same_rows(models: worlds.Models) -> None:
    """Fixed directions; unknown days to renewal are one tie at the median of the day."""
    world = random_world(Random(4), accounts=110, dates=30)
    tenure = {
        (account, day): (day - world.periods[account][0][0]).days
        for (account, day), score in world.scores.items()
        if score is not None
    }
    renewal = {}
    for day in world.dates:
        scored = [a for a, on in world.scores if on == day and world.scores[a, day] is not None]
        paying = [a for a in scored if worlds.is_paying(world, a, day)]
        known = sorted((world.renewals[a] - day).days for a in paying if a in world.renewals)
        half = len(known) // 2
        middle = known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2
        for account in scored:
            days = world.renewals.get(account)
            renewal[account, day] = middle if days is None else (days - day).days
    with models.run(world) as connection:
        (row,) = performance(connection, horizon_days=60, lead_days=14, cohort="all")
        assert_close(row["tenure_auc"], judge(world, tenure, 60, 14).auc, "tenure")
        assert_close(row["days_to_renewal_auc"], judge(world, renewal, 60, 14).auc, "renewal")
        # Nobody has a measured day of last use: one tie.
        assert row["idle_days_auc"] is None or abs(float(row["idle_days_auc"]) - 0.5) < CLOSE


@pytest.mark.parametrize("levels", [0, 3])
def test_noise_is_chance(models: worlds.Models, levels: int) -> None:
    """AUC 0.5 and lift 1 lie within the intervals, also with three distinct scores."""
    world = random_world(Random(11 + levels), accounts=300, dates=30, levels=levels)
    with models.run(world) as connection:
        (row,) = performance(connection, horizon_days=90, lead_days=0, cohort="all")
        assert row["auc_low"] < 0.5 < row["auc_high"]
        assert row["lift_10_low"] < 1 < row["lift_10_high"]
        assert row["auc_high"] - row["auc_low"] < 0.25


@pytest.mark.slow
def test_intervals_hold_the_truth_about_as_often_as_they_say(models: worlds.Models) -> None:
    """Of forty histories of noise with the same accounts week after week, few miss 0.5."""
    held = 0
    for seed in range(40):
        random = Random(100 + seed)
        world = random_world(random, accounts=120, dates=12)
        own = {account: random.random() * 100 for account in world.periods}
        world.scores = {key: own[key[0]] for key in world.scores}  # the same score every week
        with models.run(world) as connection:
            (row,) = performance(connection, horizon_days=30, lead_days=0, cohort="all")
            held += row["auc"] is None or row["auc_low"] <= 0.5 <= row["auc_high"]
    assert held >= 35


def test_a_day_is_judged_once_its_gap_has_passed(models: worlds.Models) -> None:
    world = random_world(Random(5), accounts=110, dates=40)
    with models.run(world) as connection:
        (row,) = performance(connection, horizon_days=60, lead_days=14, cohort="all")
        last = LAST_DAY - timedelta(days=60 + 14 + worlds.GAP)
        assert row["last_score_date"] == max(day for day in world.dates if day <= last)
        assert row["evidence"] == "retrospective" and row["is_headline"] == 0


def test_days_after_the_first_use_are_a_headline(models: worlds.Models) -> None:
    world = random_world(Random(5), accounts=110, dates=40)
    world.in_use_since = world.dates[20]
    with models.run(world) as connection:
        found = performance(connection, horizon_days=30, lead_days=0, cohort="all")
        by_evidence = {row["evidence"]: row for row in found}
        assert by_evidence["prospective"]["first_score_date"] == world.dates[20]
        assert by_evidence["retrospective"]["last_score_date"] == world.dates[19]
        headlines = [row["evidence"] for row in found if row["is_headline"]]
        assert headlines == ["prospective"]


def test_too_few_departures_are_unknown_and_say_why(models: worlds.Models) -> None:
    world = random_world(Random(6), accounts=12, dates=30)
    with models.run(world) as connection:
        (row,) = performance(connection, horizon_days=90, lead_days=0, cohort="all")
        assert row["auc"] is None and row["lift_10"] is None
        assert row["reason"].endswith("churned, 20 are needed")
        floors = rows(connection, "select distinct verdict from validation.int_backtest_floors")
        assert floors == [{"verdict": "not judged"}]
        assert not rows(
            connection, "from validation.int_backtest_findings where finding = 'floor missed'"
        )


def leaking_world() -> World:
    """A signal that is the days until the subscription's actual end, among noise."""
    world = random_world(Random(7), accounts=200, dates=30)
    random = Random(8)
    world.signals = {
        "active_days_28d": {
            (account, day): float(min((world.periods[account][0][1] - day).days, 400))
            for account, day in world.scores
        },
        "csm_pulse": {key: random.randrange(1, 6) for key in world.scores},
        # Counted as good, and high for those who leave.
        "logins_28d": {
            (account, day): random.random()
            + (0.35 if (world.periods[account][0][1] - day).days < 120 else 0)
            for account, day in world.scores
        },
    }
    return world


def test_a_signal_that_knows_the_end_is_caught(models: worlds.Models) -> None:
    world = leaking_world()
    with models.run(world) as connection:
        found = {
            row["signal"]: row
            for row in rows(
                connection,
                "from validation.int_signal_performance where horizon_days = 90 and lead_days = 0",
            )
        }
        assert found["active_days_28d"]["verdict"] == "leaking"
        assert found["csm_pulse"]["verdict"] == "silent"
        assert found["logins_28d"]["verdict"] == "misleading"
        assert found["nps_latest"]["verdict"] == "unknown" and found["nps_latest"]["reason"]
        for signal, values in world.signals.items():
            expected = judge(world, values, 90, 0)
            assert_close(found[signal]["auc"], expected.auc, signal)
            assert_close(found[signal]["auc_low"], expected.low, signal)
        findings = {
            (row["finding"], row["subject"])
            for row in rows(connection, "from validation.int_backtest_findings")
        }
        assert ("leaking signal", "active_days_28d") in findings


def test_bands_have_the_rates_of_their_accounts(models: worlds.Models) -> None:
    world = random_world(Random(9), accounts=150, dates=30)
    with models.run(world) as connection:
        found = rows(connection, "from validation.int_band_outcomes where horizon_days = 60")
    total = sum(row["account_date_count"] for row in found)
    assert {row["band"] for row in found} == {"red", "yellow", "green", "insufficient_data"}
    for row in found:
        counts = [0, 0]
        per_account = {}
        for day in world.dates:
            both = worlds.sides(world, day, 60, 0)
            for left, accounts in enumerate(reversed(both or ())):
                for account in accounts:
                    band = worlds.band_of(world.scores[account, day]) or "insufficient_data"
                    if band == row["band"]:
                        counts[left] += 1
                        hits, number = per_account.get(account, (0, 0))
                        per_account[account] = (hits + left, number + 1)
        number = sum(counts)
        rate = counts[1] / number
        assert (row["account_date_count"], row["churned_count"]) == (number, counts[1])
        assert_close(row["churn_rate"], rate, row["band"])
        squares = sum((hits - rate * n) ** 2 for hits, n in per_account.values())
        count = len(per_account)
        error = (squares * count / (count - 1)) ** 0.5 / number
        assert row["interval_method"] == "clustered"
        assert_close(row["churn_rate_low"], max(0, rate - worlds.Z * error), row["band"])
        assert_close(row["churn_rate_high"], min(1, rate + worlds.Z * error), row["band"])
        base = sum(other["churned_count"] for other in found) / total
        assert_close(row["multiple_of_base"], rate / base, row["band"])


def test_bands_of_days_a_horizon_apart_have_wilson_intervals(models: worlds.Models) -> None:
    world = random_world(Random(9), accounts=150, dates=30)
    kept = set(world.dates[::5])
    world.scores = {key: score for key, score in world.scores.items() if key[1] in kept}
    with models.run(world) as connection:
        found = rows(connection, "from validation.int_band_outcomes where horizon_days = 30")
    assert {row["interval_method"] for row in found} == {"wilson"}
    for row in found:
        n, p, z = row["account_date_count"], float(row["churn_rate"]), worlds.Z
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5 / (1 + z * z / n)
        assert_close(row["churn_rate_low"], middle - half, row["band"])
        assert_close(row["churn_rate_high"], middle + half, row["band"])


def test_a_healthier_band_that_loses_more_is_a_finding(models: worlds.Models) -> None:
    world = random_world(Random(10), accounts=250, dates=30)
    for account, day in world.scores:
        leaves_soon = (world.periods[account][0][1] - day).days <= 90
        world.scores[account, day] = 90 if leaves_soon else 50
    with models.run(world) as connection:
        findings = rows(
            connection,
            "from validation.int_backtest_findings where finding = 'healthier band churns more'",
        )
        query = "select measure from validation.int_backtest_floors where verdict = 'missed'"
        missed = rows(connection, query)
    assert [row["subject"] for row in findings] == ["health green"]
    assert {"measure": "auc"} in missed


def test_groups_that_are_scored_alike_do_not_differ_and_others_do(models: worlds.Models) -> None:
    world = random_world(Random(12), accounts=300, dates=36)
    world.regions = {a: ("north", "south")[number % 2] for number, a in enumerate(world.periods)}
    query = "select verdict from validation.int_scorecard_fairness where attribute = 'region'"
    with models.run(world) as connection:
        alike = rows(connection, query)
    assert {row["verdict"] for row in alike} == {"no difference shown"}
    for account, day in world.scores:
        if world.regions[account] == "north":
            world.scores[account, day] = 10
    with models.run(world) as connection:
        found = rows(
            connection,
            "from validation.int_scorecard_fairness where attribute = 'region' "
            "and measure = 'selection_rate' and audited_group = 'north'",
        )
    assert found[0]["verdict"] == "differs" and found[0]["figure"] == 1
    assert found[0]["difference_low"] > 0 and found[0]["adjusted_p_value"] < 0.001


def test_two_counts_fit_into_a_number_and_a_test_watches_that_they_do() -> None:
    """The halves are whole in a double; twice the rows of a quarter stay below one half."""
    packed = (real_project.ROOT / "macros/packed.sql").read_text("utf-8")
    (half,) = {int(number) for number in re.findall(r"\d{5,}", packed)}
    assert half**2 <= 2**53
    claims = (real_project.ROOT / "models/validation/int_backtest_sums.yml").read_text("utf-8")
    (claim,) = re.findall(r'expression: "(.*)"', claims)
    rows = "select * from (values {}) as cells (quarter, churned_rows, kept_rows)"
    for most, quarter, holds in (
        (half // 2 - 1, "2025-Q1", True), (half // 2, "2025-Q1", False), (half, "all", True),
    ):  # fmt: skip
        query = rows.format(f"('{quarter}', 1, {most - 1})")
        (found,) = duckdb.execute(f"select {claim} from ({query})").fetchone()
        assert found is holds, most

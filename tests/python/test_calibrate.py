"""Calibration: AUC and its interval, the fit, whole weights, seeds, periods, and the command."""

from __future__ import annotations

import csv
import itertools
import math
import os
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health_score import calibrate, weights_fit, weights_seeds
from health_score.auc import auc, paired
from health_score.config_check import config_troubles
from health_score.exits import BAD_INPUT, USAGE, Problem
from health_score.project import forget_other_root, open_project
from health_score.versions import configured

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds/config"
SETTINGS = {
    "reactivation_gap_days": 30, "backtest_min_accounts": 20, "backtest_weeks": 104,
    "calibration_fit_share": 0.5, "calibration_choose_share": 0.2, "min_prior_accounts": 10,
    "calibration_own_accounts": 50, "confidence_z": 1.959964,
}  # fmt: skip
TASK = calibrate.Task("health", 90, 0, SETTINGS, date(2026, 1, 30))
OPTIONS = {"own_accounts": 50, "least_accounts": 20}


# --- AUC --------------------------------------------------------------------


def brute_auc(dates, accounts, left, scores):
    """(AUC, standard error by account) from every pair, one after the other."""
    wins, pairs, by_account = 0.0, 0, {}
    for one, other in itertools.product(range(len(scores)), repeat=2):
        if dates[one] == dates[other] and left[one] and not left[other]:
            win = 1.0 if scores[other] > scores[one] else 0.5 * (scores[other] == scores[one])
            wins, pairs = wins + win, pairs + 1
            for row in (one, other):
                by_account.setdefault(accounts[row], []).append(win)
    value = wins / pairs
    squares = sum(sum(win - value for win in own) ** 2 for own in by_account.values())
    count = len(by_account)
    return value, math.sqrt(squares / pairs**2 * count / (count - 1)) if count > 1 else math.nan


def panel(seed, accounts=30, days=4, levels=5):
    """(dates, accounts, left, two scores) of a few accounts seen on a few dates, with ties."""
    rng = np.random.default_rng(seed)
    seen = rng.random((accounts, days)) < 0.8
    who, when = np.nonzero(seen)
    left = rng.random(accounts)[who] * (1 + when) > 0.9
    scores = rng.integers(0, levels, len(who)) - 1.0 * left
    other = scores + rng.integers(0, 2, len(who))
    return when, who, left, scores, other


@pytest.mark.parametrize("seed", range(8))
def test_auc_and_its_error_are_those_of_every_pair(seed):
    dates, accounts, left, scores, _ = panel(seed, accounts=12)
    found = auc(dates, accounts, left, scores)
    value, error = brute_auc(dates, accounts, left, scores)
    assert found.value == pytest.approx(value, abs=1e-12)
    assert found.error == pytest.approx(error, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_paired_difference_is_that_of_the_two_and_its_error_by_account(seed):
    dates, accounts, left, before, after = panel(seed)
    found = paired(dates, accounts, left, before, after)
    assert found.before == auc(dates, accounts, left, before)
    assert found.after == auc(dates, accounts, left, after)
    assert found.difference.value == pytest.approx(found.after.value - found.before.value)
    same = paired(dates, accounts, left, before, before * 3 + 1).difference
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_order_and_names_of_rows_do_not_matter():
    dates, accounts, left, scores, _ = panel(1)
    order = np.random.default_rng(0).permutation(len(dates))
    names = np.array([f"account {n}" for n in accounts])
    days = np.datetime64("2025-01-03") + 7 * dates.astype("timedelta64[D]")
    shuffled = auc(days[order], names[order], left[order], scores[order])
    straight = auc(dates, accounts, left, scores)
    assert shuffled.value == pytest.approx(straight.value, abs=1e-12)
    assert shuffled.error == pytest.approx(straight.error, abs=1e-12)


def test_without_a_pair_there_is_no_auc():
    assert auc([1, 2], ["a", "b"], [True, False], [1, 2]) is None
    assert auc([], [], [], []) is None


def test_the_error_is_that_of_a_bootstrap_of_accounts():
    rng = np.random.default_rng(7)
    dates, accounts, left, before, after = panel(3, accounts=200, days=8, levels=50)
    after = before + rng.normal(0, 15, 200)[accounts]
    found = paired(dates, accounts, left, before, after)
    rows_of = [np.flatnonzero(accounts == one) for one in range(200)]
    drawn = []
    for _ in range(400):
        picked = rng.integers(0, 200, 200)
        rows = np.concatenate([rows_of[one] for one in picked])
        copies = np.concatenate([[n] * len(rows_of[one]) for n, one in enumerate(picked)])
        again = paired(dates[rows], copies, left[rows], before[rows], after[rows])
        drawn.append((again.before.value, again.difference.value))
    spread = np.std(drawn, axis=0)
    assert found.before.error == pytest.approx(spread[0], rel=0.15)
    assert found.difference.error == pytest.approx(spread[1], rel=0.15)


# --- fit --------------------------------------------------------------------


def world(effects, seed, accounts=500, weeks=80, profiles=("mid",)):
    """Rows of a made-up company: a signal's effect is its log odds of leaving per 100 points.

    Points of an account wander; those who leave do so within ninety days of the dates marked.
    """
    rng = np.random.default_rng(seed)
    count = len(effects)
    level = rng.normal(60, 18, (accounts, count))
    kinds = np.array(profiles)[rng.integers(0, len(profiles), accounts)]
    dates, names, owners, left, points = [], [], [], [], []
    gone_at = np.full(accounts, weeks + 100)
    walk = level.copy()
    seen = []
    for week in range(weeks):
        walk = level + 0.9 * (walk - level) + rng.normal(0, 5, walk.shape)
        seen.append(np.clip(walk, 0, 100))
        odds = -5.4 - (seen[-1] - 60) / 100 @ np.array(effects)
        leaves = (rng.random(accounts) < 1 / (1 + np.exp(-odds))) & (gone_at > weeks)
        gone_at[leaves] = week + rng.integers(1, 13, leaves.sum())
    for week in range(weeks):
        here = np.flatnonzero(gone_at > week)
        dates.append(np.full(len(here), week))
        names.append(here)
        owners.append(kinds[here])
        left.append(gone_at[here] - week <= 13)
        points.append(seen[week][here])
    start = np.datetime64("2024-01-05")
    points = np.concatenate(points)
    points[rng.random(points.shape) < 0.1] = np.nan
    return weights_fit.Rows(
        start + 7 * np.concatenate(dates).astype("timedelta64[D]"),
        np.concatenate(names).astype(str),
        np.concatenate(owners),
        np.concatenate(left),
        points,
        ~np.isnan(points),
        tuple(f"signal_{n}" for n in range(count)),
    )


def calibrated(rows, present):
    """(Fit, paired AUC on the judge period) by the same steps as the command."""
    full = weights_fit.at_prior(rows, 10)
    periods = calibrate.periods_of(TASK, full, date(2024, 1, 1))
    parts = {name: full.between(*span) for name, span in periods.items()}
    penalty, _ = weights_fit.chosen(parts["fit"], parts["choose"], present, **OPTIONS)
    seen = full.between(periods["fit"][0], periods["choose"][1])
    fit = weights_fit.proposals(seen, present, [penalty], **OPTIONS)[penalty]
    last = parts["judge"]
    before, after = (weights_fit.scores(last, shares) for shares in (present, fit.shares))
    return fit, paired(last.dates, last.accounts, last.left, before, after)


def test_the_weight_moves_to_the_signal_that_predicts():
    present = {"mid": np.full(4, 1 / 4)}
    fit, judged = calibrated(world([9, 0, 0, 0], seed=1), present)
    assert fit.shares["mid"][0] > 0.5
    assert fit.shares["mid"].sum() == pytest.approx(1)
    assert judged.difference.low > 0


def test_in_a_world_of_noise_nothing_is_better():
    present = {"mid": np.full(4, 1 / 4)}
    found = [calibrated(world([0] * 4, seed=seed), present)[1] for seed in range(3)]
    better = [one.difference.low > 0 for one in found]
    assert sum(better) == 0


def test_a_signal_with_healthier_leavers_is_held_at_nothing():
    present = {"mid": np.full(3, 1 / 3)}
    rows = weights_fit.at_prior(world([9, -9, 0], seed=2), 10)
    factors, coefficients = weights_fit.moved(rows, present, [0.1], 20)[0.1]
    assert coefficients[1] == 0 and factors[1] == 0
    assert (coefficients >= 0).all()


def test_the_heavier_the_penalty_the_nearer_to_the_present_weights():
    present = {"mid": np.array([0.2, 0.3, 0.5])}
    rows = weights_fit.at_prior(world([9, 0, 3], seed=2), 10)
    fits = weights_fit.proposals(rows, present, weights_fit.PENALTIES, **OPTIONS)
    away = [np.abs(fits[p].shares["mid"] - present["mid"]).sum() for p in sorted(fits)]
    assert away == sorted(away, reverse=True)
    assert away[0] > 0.3
    never = weights_fit.proposals(rows, present, [1e9], **OPTIONS)[1e9]
    assert never.shares["mid"] == pytest.approx(present["mid"], abs=1e-3)


def test_a_signal_that_is_never_measured_keeps_its_share():
    present = {"mid": np.array([0.25, 0.5, 0.25])}
    rows = world([6, 6, 0], seed=4)
    rows.points[:, 2], rows.known[:, 2] = np.nan, False
    fit = weights_fit.proposals(weights_fit.at_prior(rows, 10), present, [1.0], **OPTIONS)[1.0]
    assert fit.shares["mid"][2] == pytest.approx(0.25)


def test_a_signal_that_few_leavers_have_keeps_its_share_too():
    present = {"mid": np.array([0.25, 0.5, 0.25])}
    rows = world([6, 6, 0], seed=4)
    rows.points[rows.left, 2] = np.nan
    rows.points[~rows.left, 2] += 20
    rows = replace(rows, known=~np.isnan(rows.points))
    fit = weights_fit.proposals(weights_fit.at_prior(rows, 10), present, [1.0], **OPTIONS)[1.0]
    assert fit.shares["mid"][2] == pytest.approx(0.25)


def test_a_profile_with_few_leavers_moves_as_the_whole():
    rows = weights_fit.at_prior(world([9, 0], seed=5, profiles=("mid",) * 19 + ("rare",)), 10)
    present = {"mid": np.array([0.5, 0.5]), "rare": np.array([0.2, 0.8])}
    fit = weights_fit.proposals(rows, present, [1.0], **OPTIONS)[1.0]
    assert fit.leavers["rare"] < 20 and fit.own["rare"] == 0
    assert fit.own["mid"] == pytest.approx(fit.leavers["mid"] / (fit.leavers["mid"] + 50))
    moved = present["rare"] * fit.factors
    assert fit.shares["rare"] == pytest.approx(moved / moved.sum())


def test_missing_points_are_the_median_of_profile_and_date():
    points = np.array([[10.0], [20.0], [60.0], [np.nan], [90.0], [np.nan], [np.nan]])
    rows = weights_fit.Rows(
        np.array(["2025-01-03"] * 6 + ["2025-01-10"], "datetime64[D]"),
        np.array(list("abcdefa")),
        np.array(["mid"] * 4 + ["small"] * 2 + ["mid"]),
        np.zeros(7, bool),
        points,
        ~np.isnan(points),
        ("logins",),
    )
    found = weights_fit.at_prior(rows, 3).points[:, 0]
    # Of one measured account the date speaks for the profile; of none nobody does.
    assert found.tolist() == [10, 20, 60, 20, 90, 40, 50]
    assert np.isnan(points[[3, 5, 6]]).all()


def test_each_account_counts_once_as_leaver_and_once_as_stayer():
    rows = SimpleNamespace(
        accounts=np.array(["a", "a", "a", "b", "a"]), left=np.array([0, 0, 1, 0, 1], bool)
    )
    assert weights_fit.row_weights(rows).tolist() == [0.5, 0.5, 0.5, 1, 0.5]


# --- periods ----------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(
    days=st.sets(st.integers(0, 1000), min_size=1, max_size=150),
    gap=st.integers(1, 250),
    fit=st.floats(0.1, 0.6),
    choose=st.floats(0.05, 0.35),
)
def test_periods_never_overlap_and_lie_apart(days, gap, fit, choose):
    dates = np.datetime64("2024-01-01") + np.array(sorted(days)).astype("timedelta64[D]")
    found = calibrate.split(dates, gap, fit, choose)
    if found is None:
        return
    assert list(found) == ["fit", "choose", "judge"]
    spans = list(found.values())
    assert all(first <= last for first, last in spans)
    for (_, last), (first, _) in itertools.pairwise(spans):
        assert (first - last).astype(int) >= gap
    assert spans[0][0] == dates[0] and spans[-1][1] == dates[-1]


def test_the_gap_is_lead_and_horizon_and_reactivation():
    assert replace(TASK, lead=14, horizon=60).gap == 104


def refused(rows, first=date(2024, 1, 1)):
    with pytest.raises(Problem) as caught:
        calibrate.periods_of(TASK, rows, first)
    assert caught.value.code == BAD_INPUT
    return " ".join([caught.value.sentence, *caught.value.details])


def test_a_short_history_is_refused_with_the_command_that_fills_it():
    rows = weights_fit.at_prior(world([9], seed=1, weeks=34), 10)
    text = refused(rows, first=date(2023, 1, 1))
    assert "too short" in text
    assert "./health backfill --from 2023-01-01 --to 2026-01-30 --every week" in text
    assert "There are no older data" in refused(rows, first=date(2024, 1, 1))


def test_no_history_is_refused():
    rows = world([9], seed=1, weeks=40)
    assert "are none yet" in refused(rows.where(np.zeros(len(rows.dates), bool)))


def test_months_instead_of_weeks_are_refused():
    rows = world([9], seed=1)
    monthly = rows.where(np.isin(rows.dates, np.unique(rows.dates)[::4]))
    assert "a score date in each week" in refused(monthly)


def test_too_few_leavers_are_counted_by_period():
    text = refused(world([9], seed=1, accounts=60))
    assert "each period needs 20" in text
    assert "judge: " in text and "--every week" in text


# --- whole weights ----------------------------------------------------------


@given(
    st.dictionaries(st.text("abcdef", min_size=1), st.floats(0, 1e3), min_size=1, max_size=12),
    st.integers(1, 100),
    st.integers(0, 3),
)
def test_parts_are_whole_and_sum_to_the_total(parts, total, least):
    if sum(parts.values()) < 1e-6:
        return
    found = weights_seeds.apportioned(parts, total, least)
    assert sum(found.values()) == total
    assert found.keys() == parts.keys()
    if least * len(parts) <= total:
        assert min(found.values()) >= least
    if not least:
        exact = {name: total * part / sum(parts.values()) for name, part in parts.items()}
        assert all(abs(found[name] - exact[name]) < 1 + 1e-9 for name in parts)


def test_the_largest_remainder_goes_first_then_the_name():
    assert weights_seeds.apportioned({"a": 1, "b": 1, "c": 1}, 100) == {"a": 34, "b": 33, "c": 33}
    assert weights_seeds.apportioned({"a": 0.1, "b": 99.9}, 100, 1) == {"a": 1, "b": 99}


def sums(weights, profile):
    """(sum of the dimensions, dimension -> sum of its signals) as a profile resolves them."""
    dimensions, signals = weights.resolved(profile)
    inside = {}
    for signal, weight in signals.items():
        name = weights.dimension_of[signal]
        inside[name] = inside.get(name, 0) + weight
    assert inside.keys() == dimensions.keys()
    return sum(dimensions.values()), inside


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    "scorecard", ["health", "usage_feedback_financial", "adoption", "expansion", "advocacy"]
)
def test_whatever_the_shares_the_shipped_seeds_stay_whole(scorecard, seed):
    before = weights_seeds.read(SEEDS, scorecard)
    rng = np.random.default_rng(seed)
    owners = {"*", "new", "small", "mid", "enterprise", "default"}
    shares = {
        owner: {
            signal: share * rng.choice([0, 0.1, 1, 30])
            for signal, share in before.shares(owner).items()
        }
        for owner in owners
    }
    after = weights_seeds.rewritten(before, shares)
    assert after.signals.keys() == before.signals.keys()
    for profile in owners - {"*"}:
        total, inside = sums(after, profile)
        assert total == 100
        assert set(inside.values()) == {100}
    assert all(weight == int(weight) and weight >= 0 for weight in after.signals.values())
    off = [key for key, weight in before.signals.items() if weight == 0]
    assert all(after.signals[key] == 0 for key in off)


def test_the_present_shares_give_the_present_weights():
    before = weights_seeds.read(SEEDS, "health")
    owners = ("*", "new", "small", "mid", "enterprise", "default")
    assert weights_seeds.rewritten(before, {one: before.shares(one) for one in owners}) == before


def test_what_is_switched_off_stays_off():
    before = weights_seeds.Weights(
        {("*", "usage"): Decimal(100), ("*", "support"): Decimal(0)},
        {("*", "logins"): Decimal(60), ("*", "seats"): Decimal(40), ("*", "tickets"): Decimal(0)},
        {"logins": "usage", "seats": "usage", "tickets": "support"},
    )
    after = weights_seeds.rewritten(before, {"*": {"logins": 0.2, "seats": 0.4, "tickets": 0.4}})
    assert after.dimensions == before.dimensions
    assert list(after.signals.values()) == [33, 67, 0]


# --- seeds ------------------------------------------------------------------


def moved_usage(folder):
    """A proposal in `folder` that gives usage more; the Weights before and after."""
    before = weights_seeds.read(SEEDS, "health")
    owners = ("*", "new", "small", "mid", "enterprise", "default")
    shares = {
        owner: {
            signal: share * (3 if signal == "seat_utilisation" else 1)
            for signal, share in before.shares(owner).items()
        }
        for owner in owners
    }
    after = weights_seeds.rewritten(before, shares)
    spans = {"fit": ("2024-01-05", "2024-09-06"), "choose": ("2025-01-03", "2025-03-07")}
    note, row = calibrate.calibration_notes(TASK, spans, 71)
    folder.mkdir(exist_ok=True)
    written = weights_seeds.write(SEEDS, folder, "health", after, note, row)
    return before, after, written


def by_key(path):
    with path.open(encoding="utf-8", newline="") as file:
        return {
            tuple(row[c] for c in row if c in ("scorecard", "profile", "signal", "dimension")): row
            for row in csv.DictReader(file)
        }


def test_only_the_rows_whose_weight_moves_change(tmp_path):
    _, _, written = moved_usage(tmp_path)
    assert written == ["dimension_weights.csv", "signal_rules.csv", "calibrations.csv"]
    for name in written[:2]:
        old, new = by_key(SEEDS / name), by_key(tmp_path / name)
        assert list(old) == list(new)
        for key, row in old.items():
            if Decimal(row["weight"]) == Decimal(new[key]["weight"]):
                assert new[key] == row
                continue
            assert key[0] == "health"
            same = set(row) - {"weight", "reason", "reviewed_on"}
            assert {c: row[c] for c in same} == {c: new[key][c] for c in same}
            assert new[key]["reviewed_on"] == "2026-01-30"
            assert new[key]["reason"] == (
                "Fitted on 2024-01-05 to 2025-03-07, 71 leavers within 90 days "
                f"(weight before: {row['weight']}). {row['reason']}"
            )
        unmoved = set((SEEDS / name).read_text().splitlines()) & set(
            (tmp_path / name).read_text().splitlines()
        )
        assert len(unmoved) > 10
    (row,) = list(csv.DictReader((tmp_path / "calibrations.csv").open(encoding="utf-8")))
    assert (row["scorecard"], row["fitted_from"], row["fitted_to"], row["reviewed_on"]) == (
        "health", "2024-01-05", "2025-03-07", "2026-01-30",
    )  # fmt: skip


def test_a_second_calibration_replaces_what_the_first_wrote_into_the_reason():
    line = "scorecard,profile,signal,weight,reason,reviewed_on\nhealth,*,nps,20.5,Why.,2026-01-15\n"

    def note(before):
        return f"Fitted on x (weight before: {before})."

    once = weights_seeds.with_weights(
        line, "health", "signal", {("*", "nps"): Decimal(30)}, note, "2026-02-01"
    )
    twice = weights_seeds.with_weights(
        once, "health", "signal", {("*", "nps"): Decimal(7)}, note, "2026-03-01"
    )
    assert once.endswith("health,*,nps,30,Fitted on x (weight before: 20.5). Why.,2026-02-01\n")
    assert twice.endswith("health,*,nps,7,Fitted on x (weight before: 30). Why.,2026-03-01\n")


def test_nothing_is_written_when_nothing_moves(tmp_path):
    before = weights_seeds.read(SEEDS, "health")
    row = ["health", "2024-01-05", "2025-03-07", "x", "2026-01-30"]
    assert weights_seeds.write(SEEDS, tmp_path, "health", before, str, row) == []
    assert not list(tmp_path.iterdir())


def test_a_proposal_is_a_configuration_with_the_other_seeds_of_the_project(tmp_path):
    _, after, _ = moved_usage(tmp_path / "proposal")
    project = project_at(tmp_path)
    with configured(project, tmp_path / "proposal") as other:
        assert config_troubles(other.root) == []
        seeds = other.root / "seeds/config"
        assert weights_seeds.read(seeds, "health") == after
        assert (seeds / "signals.csv").read_bytes() == (SEEDS / "signals.csv").read_bytes()
        assert (seeds / "signal_rules.csv").read_bytes() != (
            SEEDS / "signal_rules.csv"
        ).read_bytes()


def test_dbt_forgets_what_it_parsed_at_another_root(tmp_path):
    memory = tmp_path / "partial_parse.msgpack"
    kept = []
    for root in ("/one", "/one", "/two", "/two"):
        memory.touch()
        forget_other_root(root, tmp_path)
        kept.append(memory.exists())
    assert kept == [False, True, False, True]


# --- refusals ---------------------------------------------------------------


def project_at(tmp_path):
    return replace(open_project(ROOT), build=tmp_path / "build", serve=tmp_path / "serve")


@pytest.mark.parametrize(
    ("scorecard", "sentence"),
    [("nonsense", "No scorecard nonsense"), ("impact_points", "adds up points"), (None, "no run")],
)
def test_what_cannot_be_calibrated_is_refused(tmp_path, scorecard, sentence):
    with pytest.raises(Problem, match=sentence) as caught:
        calibrate.calibrate(None, project_at(tmp_path), scorecard)
    assert caught.value.code == USAGE


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(Problem, match="not empty") as caught:
        calibrate.calibrate(None, project_at(tmp_path), folder=tmp_path)
    assert caught.value.code == USAGE


# --- the command ------------------------------------------------------------


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A copy of the project with a year of weeks of a medium demo, and few accounts asked for."""
    import project_runs as runs
    from health_score.demo import write_demo

    base = tmp_path_factory.mktemp("calibrate")
    write_demo(base / "demo", accounts=250, events=30_000)
    copy = runs.copy_tree(base)
    runs.change_seed(copy.root, "settings", {"setting": "backtest_min_accounts"}, value="3")
    first = date(2026, 1, 30) - timedelta(weeks=66)
    with_no_tests = {"DBT_EXCLUDE_RESOURCE_TYPES": "test unit_test"}
    with mock.patch.dict(os.environ, with_no_tests):
        done = runs.health(
            copy, "backfill", "--input", base / "demo", "--from", first, "--to", "2026-01-30"
        )
        assert done.code == 0, done.output
        yield copy


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.dbt
def test_the_command_proposes_and_changes_nothing(history, tmp_path):
    import project_runs as runs

    copy, folder = history, tmp_path / "proposal"
    seeds = contents(copy.root / "seeds/config")
    published = runs.publication(copy)
    done = runs.health(copy, "calibrate", "--horizon", "30", "--to", folder)
    assert done.code == 0, done.output
    assert "Nothing was changed." in done.output and "BETTER: " in done.output
    assert seeds == {
        path.name: path.read_bytes() for path in (copy.root / "seeds/config").iterdir()
    }
    assert runs.publication(copy) == published
    assert not (copy.build / "calibrate").exists()
    text = (folder / "EVIDENCE.md").read_text(encoding="utf-8")
    names = {path.name for path in folder.glob("*.csv")}
    assert "calibrations.csv" in names
    assert names <= {"calibrations.csv", "dimension_weights.csv", "signal_rules.csv"}

    # Before is the score that was published, so the AUC is that of the history.
    (line,) = [line for line in text.splitlines() if line.startswith("| judge |")]
    first, last = line.split(" | ")[1:3]
    rows = runs.rows(
        copy.warehouse,
        "select scores.score_date, scores.account_id, coalesce(days_to_churn <= 30, false), "
        "cast(capped_score as double) from history.history_scores as scores "
        "inner join validation.int_backtest_accounts as accounts "
        "using (config_version, score_date, account_id) "
        "where scorecard = 'health' and score_date between ? and ? and observed_days >= 30 "
        "and (days_to_churn is null or days_to_churn > 0) and capped_score is not null",
        (first, last),
    )
    dates, accounts, left, scores = (np.array(column) for column in zip(*rows, strict=True))
    (figures,) = [line for line in text.splitlines() if line.startswith("| Seeds as they are |")]
    assert figures.split(" | ")[1] == f"{auc(dates, accounts, left, scores).value:.4f}"

    again = runs.health(copy, "replay", "--config", folder)
    assert again.code == 0, again.output


@pytest.mark.slow
@pytest.mark.dbt
def test_the_command_says_what_history_lacks(history, tmp_path):
    import project_runs as runs

    done = runs.health(history, "calibrate", "--horizon", "180", "--to", tmp_path / "proposal")
    assert done.code == BAD_INPUT
    assert "The history is too short to calibrate" in done.flat
    assert "./health backfill --from" in done.flat
    assert not (tmp_path / "proposal").exists()

"""The verb calibrate: weights proposed from outcomes, with the evidence for and against them.

Periods are apart, so that no departure that the fit saw is judged: weights are fitted on the
first, the penalty is chosen on the second, and real scores of the third are judged under the
seeds as they are and as proposed. Nothing is changed; a proposal is a folder.
"""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from . import calibrate_report, config_check, history, outcome, replay, weights_fit, weights_seeds
from .auc import Paired, paired
from .exits import BAD_INPUT, USAGE, Problem
from .project import dbt, one_at_a_time, shown
from .terminal import plural, progress
from .versions import SEEDS, configured, has_table

POINTS = (
    *("--select", "+int_scorecard_rules", "+int_settings", "int_calibration_points"),
    *("int_former_uses", "int_completed_dates"),
    *("--indirect-selection", "cautious", "--exclude-resource-type", "unit_test"),
)
SCORES = (
    *("--select", "+int_scores", "+int_config_errors", "--indirect-selection", "cautious"),
    *history.NO_STAGING,
)
LEAST_WEEKS = 0.9  # of the weeks from the first date to the last must be in the history


@dataclass(frozen=True)
class Task:
    """What is calibrated; `settings` are those of the seeds, days are Python dates."""

    scorecard: str
    horizon: int
    lead: int
    settings: dict
    last_day: object

    @property
    def gap(self):
        """Days from the last date of a period to the first of the next, at the least."""
        return self.lead + self.horizon + int(self.settings["reactivation_gap_days"])


@dataclass(frozen=True)
class Judged:
    """The judge period: AUC of both, the rows scored under both and their scores, the rest.

    `unscored`, `scores` and `bands` have the keys before and after; `bands` are of its last date.
    """

    paired: Paired
    rows: weights_fit.Rows
    unscored: dict
    scores: dict
    bands: dict
    edges: list


@dataclass(frozen=True)
class Found:
    """Everything that the report tells."""

    task: Task
    periods: dict
    rows: dict
    penalty: float
    tried: list
    fit: weights_fit.Fit
    signals: tuple
    alone: list
    before: weights_seeds.Weights
    after: weights_seeds.Weights
    judged: Judged
    is_synthetic: bool


def calibrate(out, project, scorecard=None, horizon=90, lead=0, folder=None):
    """Propose weights of a scorecard (default: the primary) in `folder`, with EVIDENCE.md.

    `horizon` and `lead` are days: a leaver is who leaves within the horizon after the lead.
    Problem USAGE for what cannot be calibrated, BAD_INPUT when history or departures lack.
    """
    config_check.check_config(project.root)
    scorecard = known_scorecard(project, scorecard)
    if folder is not None:
        refuse_full(folder)
    with one_at_a_time(project.build, "run"):
        check_history(project)
        scratch = replay.private_copy(project, "calibrate")
        try:
            found, folder = propose(out, project, scratch, scorecard, horizon, lead, folder)
        finally:
            shutil.rmtree(scratch.build, ignore_errors=True)
    text = calibrate_report.evidence(found, shown(folder))
    (folder / "EVIDENCE.md").write_text(text, encoding="utf-8")
    calibrate_report.render(out, found, shown(folder))


def propose(out, project, scratch, scorecard, horizon, lead, folder):
    """(Found, folder with the proposed seeds)."""
    private_build(out, project, scratch)
    task = task_of(scratch.warehouse, scorecard, horizon, lead)
    folder = Path(folder or f"proposals/{scorecard}-{task.last_day}")
    refuse_full(folder)
    before = weights_seeds.read(project.root / SEEDS, scorecard)
    measured = read_past(scratch.warehouse, task, before)
    past = weights_fit.at_prior(measured, int(task.settings["min_prior_accounts"]))
    periods = periods_of(task, past, first_day(scratch.warehouse, task))
    rows = {name: past.between(*span) for name, span in periods.items()}
    present = present_shares(past, before)
    options = {
        "own_accounts": int(task.settings["calibration_own_accounts"]),
        "least_accounts": int(task.settings["backtest_min_accounts"]),
    }
    with progress(out, "Fitting weights"):
        penalty, tried = weights_fit.chosen(rows["fit"], rows["choose"], present, **options)
        seen = past.between(periods["fit"][0], periods["choose"][1])
        fit = weights_fit.proposals(seen, present, [penalty], **options)[penalty]
    after = weights_seeds.rewritten(before, as_names(fit.shares, past.signals))
    folder.mkdir(parents=True, exist_ok=True)
    note, row = calibration_notes(task, periods, seen.leavers)
    weights_seeds.write(project.root / SEEDS, folder, scorecard, after, note, row)
    judged = judge(out, project, scratch, task, rows["judge"], folder)
    alone = calibrate_report.alone(measured.between(periods["fit"][0], periods["choose"][1]))
    is_synthetic = history.last_input(project).get("is_synthetic", False)
    found = Found(
        task, periods, rows, penalty, tried, fit, past.signals, alone, before, after, judged,
        is_synthetic,
    )  # fmt: skip
    return found, folder


def known_scorecard(project, scorecard):
    """The scorecard, or the primary one; only weighted averages have weights to calibrate."""
    cards = {row["scorecard"]: row for row in weights_seeds.rows_of(
        project.root / SEEDS / "scorecards.csv"
    )}  # fmt: skip
    if scorecard is None:
        scorecard = next(name for name, row in cards.items() if row["is_primary"] == "1")
    if scorecard not in cards:
        raise Problem(USAGE, f"No scorecard {scorecard}; there are {', '.join(cards)}.")
    if cards[scorecard]["method"] != "weighted_average":
        raise Problem(
            USAGE,
            f"The scorecard {scorecard} adds up points; only the weights of a weighted average "
            "can be calibrated.",
        )
    return scorecard


def refuse_full(folder):
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Problem(USAGE, f"{folder} is not empty. Name another folder with --to.")


def check_history(project):
    """Refuse without a run, or after one of models that did not judge yet."""
    import duckdb

    if project.warehouse.exists():
        with duckdb.connect(str(project.warehouse), read_only=True) as connection:
            if has_table(connection, "history_completed") and connection.execute(
                "select count(*) from information_schema.tables "
                "where table_name = 'int_backtest_accounts'"
            ).fetchone() != (0,):
                return
    raise Problem(USAGE, "There is no run to learn from yet. First: ./health run")


def private_build(out, project, scratch):
    """In the private copy, points of the past under the seeds as they are."""
    with progress(out, "Reading the history") as update:
        variables = history.last_input(project)
        arguments = ["build", *POINTS]
        done = dbt(project, arguments, variables, build=scratch.build, update=update)
    outcome.check_results(project, done.results, build=scratch.build)


def rows_in(file, sql, parameters=()):
    """The cursor's rows as a list of dicts."""
    import duckdb

    with duckdb.connect(str(file), read_only=True) as connection:
        cursor = connection.execute(sql, list(parameters))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def task_of(file, scorecard, horizon, lead):
    (settings,) = rows_in(file, "select * from intermediate.int_settings")
    (last,) = rows_in(file, "select score_date from intermediate.int_last_complete_day")
    return Task(scorecard, horizon, lead, settings, last["score_date"])


def read_past(file, task, weights):
    """Rows of the history whose outcome is known."""
    import duckdb

    signals = tuple(sorted({name for _, name in weights.signals}))
    columns = ", ".join(
        f"cast(max(case when signal = '{name}' then points end) as double) as points_{number}"
        for number, name in enumerate(signals)
    )
    last = task.lead + task.horizon
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            "select score_date, account_id, min(profile) as profile, "
            f"coalesce(min(days_to_churn) <= {last}, false) as has_left, {columns} "
            f"from validation.int_calibration_points where scorecard = ? "
            f"and observed_days >= {last} "
            f"and (days_to_churn is null or days_to_churn > {task.lead}) "
            "group by score_date, account_id order by score_date, account_id",
            [task.scorecard],
        ).fetchnumpy()
    filled = [
        np.ma.filled(np.ma.asarray(found[f"points_{number}"], float), np.nan)
        for number in range(len(signals))
    ]
    points = np.column_stack(filled)
    return weights_fit.Rows(
        np.asarray(found["score_date"], "datetime64[D]"),
        np.asarray(found["account_id"], str),
        np.asarray(found["profile"], str),
        np.asarray(found["has_left"], bool),
        points,
        ~np.isnan(points),
        signals,
    )


def first_day(file, task):
    """The first day that a backfill can add, as far back as is judged."""
    (found,) = rows_in(file, "select min(first_date) as day from validation.int_paid_periods")
    oldest = task.last_day - timedelta(weeks=int(task.settings["backtest_weeks"]))
    return max(found["day"] or oldest, oldest)


def periods_of(task, rows, first):
    """Name -> (first date, last date) of the periods fit, choose and judge, or a Problem."""
    fill = f"./health backfill --from {first} --to {task.last_day} --every week"
    days = np.unique(rows.dates)
    shares = [float(task.settings[f"calibration_{name}_share"]) for name in ("fit", "choose")]
    found = split(days, task.gap, *shares) if len(days) else None
    if found is None:
        known = f"reach from {days[0]} to {days[-1]}" if len(days) else "are none yet"
        reached = len(days) and days[0] <= np.datetime64(first + timedelta(days=7))
        raise Problem(
            BAD_INPUT,
            "The history is too short to calibrate: three periods that lie "
            f"{task.gap} days apart (lead, horizon and reactivation gap) do not fit into it.",
            [
                f"Score dates whose outcome is known {known}; more than {2 * task.gap} days "
                "between the first and the last are needed.",
                "There are no older data to score; a shorter --horizon needs less."
                if reached
                else f"Score the past first: {fill}",
            ],
        )
    weeks = (days[-1] - days[0]).astype(int) / 7 + 1
    if len(days) < LEAST_WEEKS * weeks:
        raise Problem(
            BAD_INPUT,
            f"The history has {len(days)} of the {weeks:.0f} weeks from {days[0]} to {days[-1]}; "
            "a calibration needs a score date in each week.",
            [f"Score the past first: {fill}"],
        )
    check_events(task, rows, found, fill)
    return found


def split(days, gap, fit_share, choose_share):
    """Cut sorted days by time into three periods `gap` days apart; None when they do not fit."""
    usable = (days[-1] - days[0]).astype(int) - 2 * gap
    found, begin = {}, days[0]
    for name, share in (("fit", fit_share), ("choose", choose_share), ("judge", None)):
        inside = days[days >= begin]
        if share is not None:
            inside = inside[inside <= begin + np.timedelta64(max(0, int(share * usable)), "D")]
        if usable <= 0 or not len(inside):
            return None
        found[name] = inside[0], inside[-1]
        begin = inside[-1] + np.timedelta64(gap, "D")
    return found


def check_events(task, rows, periods, fill):
    """Refuse when a period has fewer leavers or stayers than an AUC needs."""
    least = int(task.settings["backtest_min_accounts"])
    counts = {name: rows.between(*span) for name, span in periods.items()}
    if all(min(part.leavers, part.stayers) >= least for part in counts.values()):
        return
    lines = [
        f"  {name}: {periods[name][0]} to {periods[name][1]}, "
        f"{plural(part.leavers, 'account')} left, {plural(part.stayers, 'account')} stayed"
        for name, part in counts.items()
    ]
    raise Problem(
        BAD_INPUT,
        f"Too few accounts left to calibrate: each period needs {least} that left and {least} "
        "that stayed (backtest_min_accounts in seeds/config/settings.csv).",
        [*lines, f"More history may help: {fill}", "So may a longer --horizon, or waiting."],
    )


def present_shares(rows, weights):
    """Profile, and `*` -> share of each of the rows' signals in the present score."""
    profiles = {str(name) for name in np.unique(rows.profiles)}
    profiles |= {owner for owner, _ in [*weights.dimensions, *weights.signals]}
    found = {}
    for profile in sorted(profiles | {weights_seeds.ANY}):
        shares = weights.shares(profile)
        found[profile] = np.array([shares.get(signal, 0.0) for signal in rows.signals])
    return found


def as_names(shares, signals):
    return {
        profile: dict(zip(signals, map(float, share), strict=True))
        for profile, share in shares.items()
    }


def calibration_notes(task, periods, leavers):
    """(what a changed row says first, the row of calibrations.csv)."""
    first, last = periods["fit"][0], periods["choose"][1]
    what = f"{first} to {last}, {leavers} leavers within {task.horizon} days"

    def note(before):
        return f"Fitted on {what} (weight before: {before})."

    reason = f"./health calibrate fitted weights on {what}, {task.lead} days of lead."
    return note, [task.scorecard, first, last, reason, str(task.last_day)]


def judge(out, project, scratch, task, rows, folder):
    """Real scores of the judge period before and after, and the paired AUC of both.

    Rows without a score under one of the two are in neither.
    """
    proposal = folder if any(folder.glob("*.csv")) else None
    before = real_scores(out, project, scratch, task, rows, None, "as they are")
    after = before
    if proposal:
        after = real_scores(out, project, scratch, task, rows, proposal, "as proposed")
    unscored = {"before": int(np.isnan(before[0]).sum()), "after": int(np.isnan(after[0]).sum())}
    both = ~np.isnan(before[0]) & ~np.isnan(after[0])
    kept, scores = rows.where(both), {"before": before[0][both], "after": after[0][both]}
    z = float(task.settings["confidence_z"])
    result = paired(kept.dates, kept.accounts, kept.left, **scores, z=z)
    if result is None:
        raise Problem(BAD_INPUT, "No date of the judge period has a scored leaver and stayer.")
    newest = rows.dates == rows.dates.max()
    edges = rows_in(
        scratch.warehouse,
        "select band, first_score from intermediate.int_band_edges "
        "where scorecard = ? order by band_rank",
        [task.scorecard],
    )
    bands = {"before": before[1][newest], "after": after[1][newest]}
    return Judged(result, kept, unscored, scores, bands, edges)


def real_scores(out, project, scratch, task, rows, config, words):
    """(score after caps or NaN, band) of each row under a configuration, as arrays."""
    days = [str(day) for day in np.unique(rows.dates)]
    found = {}
    with configured(project, config) as other:
        for number in range(0, len(days), history.DATES_AT_ONCE):
            part = days[number : number + history.DATES_AT_ONCE]
            text = f"Scoring {part[0]} to {part[-1]} under the seeds {words}"
            replay.score_privately(out, other, scratch, part, text, SCORES)
            found.update(scores_of(scratch.warehouse, task.scorecard, part))
    keys = list(zip(map(str, rows.dates), rows.accounts, strict=True))
    listed = [found.get(key, (np.nan, "")) for key in keys]
    return np.array([score for score, _ in listed], float), np.array([band for _, band in listed])


def scores_of(file, scorecard, days):
    """(day, account) -> (score after caps or NaN, band) on some days."""
    listed = ", ".join(f"date '{day}'" for day in days)
    rows = rows_in(
        file,
        "select cast(score_date as varchar) as day, account_id, "
        "cast(capped_score as double) as score, band "
        f"from intermediate.int_scores where scorecard = ? and score_date in ({listed})",
        [scorecard],
    )
    return {
        (row["day"], row["account_id"]): (
            np.nan if row["score"] is None else row["score"],
            row["band"],
        )
        for row in rows
    }

"""AUC of scores over many dates, and of two scores paired, with intervals by account.

The same arithmetic as macros/backtest_sums.sql: pairs are of one date, ties count half, dates are
pooled by their pairs, and the rows of an account are added up before they are squared.
"""

import math
from dataclasses import dataclass

import numpy as np

Z_95 = 1.959964


@dataclass(frozen=True)
class Estimate:
    """A figure with its standard error and interval; the interval of an AUC lies in 0 to 1."""

    value: float
    error: float
    low: float
    high: float


@dataclass(frozen=True)
class Paired:
    """AUC before and after on the same rows, and after minus before."""

    before: Estimate
    after: Estimate
    difference: Estimate


def auc(dates, accounts, left, scores, z=Z_95):
    """AUC of `scores` (more is healthier) as an Estimate; None where no date has both kinds.

    Arrays of one length: date and account as anything that sorts, whether it left, score.
    """
    placements, opposites = placed(dates, left, scores)
    if not opposites.any():
        return None
    return estimate(*area(accounts, left, placements, opposites), z, bounded=True)


def paired(dates, accounts, left, before, after, z=Z_95):
    """Paired of two scores of the same rows; None where no date has both kinds."""
    placements, opposites = placed(dates, left, before)
    others, _ = placed(dates, left, after)
    if not opposites.any():
        return None
    value, parts = area(accounts, left, placements, opposites)
    other, other_parts = area(accounts, left, others, opposites)
    return Paired(
        estimate(value, parts, z, bounded=True),
        estimate(other, other_parts, z, bounded=True),
        estimate(other - value, other_parts - parts, z, bounded=False),
    )


def placed(dates, left, scores):
    """(placements, opposites) of the rows: pairs of its date that a row is right in, and is in.

    A leaver is right where a stayer's score is higher, a stayer where a leaver's is lower; a tie
    is half right.
    """
    left, scores = np.asarray(left, bool), np.asarray(scores, float)
    _, dates = np.unique(dates, return_inverse=True)
    placements, opposites = np.zeros(len(scores)), np.zeros(len(scores))
    order = np.argsort(dates, kind="stable")
    edges = np.flatnonzero(np.diff(dates[order])) + 1
    for rows in np.split(order, edges):
        gone, stayed = rows[left[rows]], rows[~left[rows]]
        opposites[gone], opposites[stayed] = len(stayed), len(gone)
        placements[gone] = len(stayed) - middle_rank(np.sort(scores[stayed]), scores[gone])
        placements[stayed] = middle_rank(np.sort(scores[gone]), scores[stayed])
    return placements, opposites


def middle_rank(ordered, values):
    """How many of `ordered` lie below each value, tied ones counted half."""
    return (np.searchsorted(ordered, values) + np.searchsorted(ordered, values, "right")) / 2


def area(accounts, left, placements, opposites):
    """(AUC, how far each account that is in a pair moves it)."""
    left = np.asarray(left, bool)
    pairs = opposites[left].sum()
    value = placements[left].sum() / pairs
    compared = opposites > 0
    _, of_account = np.unique(np.asarray(accounts)[compared], return_inverse=True)
    centred = placements[compared] - value * opposites[compared]
    return value, np.bincount(of_account, centred) / pairs


def estimate(value, parts, z, bounded):
    """The Estimate of a value whose error is made of the parts of independent accounts."""
    count = len(parts)
    variance = float(np.sum(parts**2)) * count / (count - 1) if count > 1 else math.nan
    error = math.sqrt(variance)
    low, high = value - z * error, value + z * error
    if bounded:
        low, high = max(0.0, low), min(1.0, high)
    return Estimate(float(value), error, float(low), float(high))

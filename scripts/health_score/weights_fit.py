"""Weights from outcomes: a penalised logistic regression in which no signal may lower a score.

A weight here is a signal's share of the whole score, as it counts: dimension weight times weight
within the dimension. The shares of a profile sum to 1.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from .auc import auc

PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
NEUTRAL_POINTS = 50
SAME = 1e-9  # differences up to it are of rounding


@dataclass(frozen=True)
class Rows:
    """One row per date and account that is judged, arrays of one length.

    `dates` are days, `accounts` and `profiles` names, `left` is whether it left. `points` has a
    column for each of `signals`, NaN where it was not measured, and `known` says where it was.
    """

    dates: np.ndarray
    accounts: np.ndarray
    profiles: np.ndarray
    left: np.ndarray
    points: np.ndarray
    known: np.ndarray
    signals: tuple

    def where(self, chosen):
        arrays = (self.dates, self.accounts, self.profiles, self.left, self.points, self.known)
        return Rows(*(array[chosen] for array in arrays), self.signals)

    def between(self, first, last):
        return self.where((self.dates >= first) & (self.dates <= last))

    @property
    def leavers(self):
        return len(np.unique(self.accounts[self.left]))

    @property
    def stayers(self):
        return len(np.unique(self.accounts[~self.left]))


@dataclass(frozen=True)
class Fit:
    """Shares of a whole fit, and what they came from.

    `shares` profile -> share of each signal; `factors` by how much the whole moves the share of
    each signal; `coefficients` log odds of staying per 100 points; `own` profile -> how much its
    own fit counts, 0 to 1; `leavers` profile -> accounts that left.
    """

    shares: dict
    factors: np.ndarray
    coefficients: np.ndarray
    own: dict = field(default_factory=dict)
    leavers: dict = field(default_factory=dict)


def at_prior(rows, least):
    """The rows with missing points at the median of the measured ones of profile and date.

    With fewer than `least` measured accounts it is the median of the date, else the neutral 50.
    """
    points = rows.points.copy()
    _, dates = np.unique(rows.dates, return_inverse=True)
    _, profiles = np.unique(rows.profiles, return_inverse=True)
    for groups in (dates * (profiles.max(initial=0) + 1) + profiles, dates):
        order = np.argsort(groups, kind="stable")
        for group in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
            block = points[group]
            known = rows.known[group]
            gaps = np.isnan(block) & (known.sum(axis=0) >= least)
            for column in np.flatnonzero(gaps.any(axis=0)):
                median = np.median(rows.points[group, column][known[:, column]])
                block[gaps[:, column], column] = median
            points[group] = block
    points[np.isnan(points)] = NEUTRAL_POINTS
    return replace(rows, points=points)


def scores(rows, shares):
    """The weighted average of the points of every row, by the shares of its profile."""
    made = np.zeros(len(rows.dates))
    for profile, share in shares.items():
        chosen = rows.profiles == profile
        made[chosen] = rows.points[chosen] @ share
    return made


def row_weights(rows):
    """Each account counts once as a leaver and once as a stayer.

    One departure is seen on every date of the horizon before it, and an account that was there
    for a year stayed on fifty; neither is fifty facts.
    """
    _, accounts = np.unique(rows.accounts, return_inverse=True)
    kinds = 2 * accounts + rows.left
    return 1 / np.bincount(kinds)[kinds]


def proposals(rows, present, penalties, own_accounts, least_accounts):
    """penalty -> Fit of all profiles. `rows` are at_prior, `present` profile -> present shares.

    A profile moves as the whole does, and by its own fit as far as its own leavers carry that:
    leavers / (leavers + own_accounts), nothing below `least_accounts`.
    """
    whole = moved(rows, present, penalties, least_accounts)
    own, leavers, mine = {}, {}, {}
    for profile, share in present.items():
        of_profile = rows.where(rows.profiles == profile)
        leavers[profile] = of_profile.leavers
        enough = min(of_profile.leavers, of_profile.stayers) >= least_accounts
        own[profile] = of_profile.leavers / (of_profile.leavers + own_accounts) if enough else 0.0
        if enough:
            mine[profile] = moved(of_profile, {profile: share}, penalties, least_accounts)
    fits = {}
    for penalty in penalties:
        factors, coefficients = whole[penalty]
        shares = {}
        for profile, share in present.items():
            shares[profile] = as_shares(share * factors, share)
            if profile in mine:
                own_share = as_shares(share * mine[profile][penalty][0], share)
                shares[profile] = own[profile] * own_share + (1 - own[profile]) * shares[profile]
        fits[penalty] = Fit(shares, factors, coefficients, own, leavers)
    return fits


def as_shares(values, otherwise):
    """Values that sum to 1; where no signal tells anything, the shares that were."""
    total = values.sum()
    return values / total if total > 0 else otherwise


def moved(rows, present, penalties, least_accounts):
    """penalty -> (factor on the share of each signal, coefficient of each signal).

    logit P(leaves) = b0 - sum(coefficient x points / 100), coefficients at least 0. Where a
    profile weighs a signal more, its points count as much more. Points are taken relative to
    their date, since accounts of one date are compared. The penalty draws the coefficients to
    the present shares times one scale that is fitted too: with little to learn, little moves. A
    signal that is the same for everybody, or measured on fewer than `least_accounts` leavers or
    stayers, keeps its share: what it tells would be told by its absence.
    """
    share = np.zeros((len(rows.dates), len(rows.signals)))
    for profile, of_profile in present.items():
        share[rows.profiles == profile] = of_profile
    mean = share.mean(axis=0)
    features = rows.points / 100 * share / np.where(mean > 0, mean, 1)
    features = relative_to_date(features, rows.dates)
    fitted = (mean > 0) & (np.abs(features).max(axis=0) > SAME) & told(rows, least_accounts)
    if not fitted.any():
        return {p: (np.ones(len(mean)), np.zeros(len(mean))) for p in penalties}
    features, target = features[:, fitted], mean[fitted]
    weights, left = row_weights(rows), rows.left.astype(float)
    rate = weights @ left / weights.sum()
    begin = np.concatenate([[np.log(rate / (1 - rate)), 1.0], target])
    found = {}
    for penalty in sorted(penalties, reverse=True):
        begin = minimum(features, left, weights, target, penalty, begin)
        coefficients = np.zeros(len(rows.signals))
        coefficients[fitted] = begin[2:]
        factors = np.full(len(rows.signals), begin[2:].sum() / target.sum())
        factors[fitted] = begin[2:] / target
        found[penalty] = factors, coefficients
    return found


def told(rows, least):
    """Which signals were measured on at least so many leavers, and stayers."""
    counts = [
        [len(np.unique(rows.accounts[of & known])) for known in rows.known.T]
        for of in (rows.left, ~rows.left)
    ]
    return np.min(counts, axis=0) >= least


def minimum(features, left, weights, target, penalty, begin):
    """(b0, scale, coefficients ...) that fit best under a penalty, from a first guess."""
    from scipy.optimize import minimize
    from scipy.special import expit

    def loss(parameters):
        start, scale, coefficients = parameters[0], parameters[1], parameters[2:]
        odds = start - features @ coefficients
        astray = coefficients - scale * target
        value = weights @ (np.logaddexp(0, odds) - left * odds) + penalty / 2 * astray @ astray
        slope = weights * (expit(odds) - left)
        gradient = [slope.sum()], [-penalty * astray @ target], penalty * astray - slope @ features
        return value, np.concatenate(gradient)

    bounds = [(None, None), (0, None), *[(0, None)] * len(target)]
    options = {"maxiter": 2000, "ftol": 1e-10, "gtol": 1e-6}
    return minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x


def relative_to_date(features, dates):
    """Each column less its mean on the date."""
    _, groups = np.unique(dates, return_inverse=True)
    counts = np.bincount(groups)
    for column in range(features.shape[1]):
        means = np.bincount(groups, features[:, column]) / counts
        features[:, column] -= means[groups]
    return features


def chosen(fit_rows, choose_rows, present, **options):
    """(penalty, [(penalty, AUC on choose_rows)]): the best AUC, of equal ones the more careful."""
    fits = proposals(fit_rows, present, PENALTIES, **options)
    tried = [
        (penalty, auc_of(choose_rows, scores(choose_rows, fit.shares)))
        for penalty, fit in fits.items()
    ]
    return max(tried, key=lambda one: (round(one[1], 4), one[0]))[0], tried


def auc_of(rows, values):
    return auc(rows.dates, rows.accounts, rows.left, values).value

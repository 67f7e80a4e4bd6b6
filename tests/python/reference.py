"""Reference implementation of the health scores: plain, exact, slow; the oracle of property tests.

    results = score(tables, declared, config, variables, [date(2024, 2, 29)])

tables: contract table -> list of dict rows; declared: contract table -> fed columns; config: seeds
of `load_config`; variables: the dbt vars that matter (churn_source, history_loaded_before,
load_grace_hours, reporting_currency). Numbers of the result are Decimals of six decimals.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reference_accounts import view_of
from reference_input import default_score_date, load_config, prepare
from reference_scoring import scores_of
from reference_signals import signals_of

__all__ = ["default_score_date", "load_config", "prepare", "score"]


def score(
    tables: dict, declared: dict, config: dict, variables: dict | None, days: Iterable[date]
) -> dict:
    """Everything of a raw input on a set of score dates.

    Returns
        counts    table -> raw, accepted, superseded, rejected, duplicate
        statuses  table -> (status, reason) per raw row, in raw order
        accounts  (day, account) -> attributes, lifecycle_stage, profile of each live account
        signals   (day, account, signal) -> value, observed_on, state
        drivers   (day, account, scorecard, signal with weight) -> value, state, points, weight,
                  contribution, points_lost, is_imputed
        scores    (day, account, scorecard) -> score, score_low, score_high, coverage,
                  source_coverage, capped_score, cap_name, effective_score, band, override_id,
                  override_kind
    """
    prepared = prepare(tables, declared, config, variables)
    results = {
        "counts": prepared["counts"],
        "statuses": prepared["statuses"],
        "accounts": {},
        "signals": {},
        "drivers": {},
        "scores": {},
    }
    for day in sorted(set(days)):
        view = view_of(prepared, config, day)
        signals = signals_of(view)
        overrides = view["rows"]["score_overrides"]
        scores, drivers = scores_of(config, view["live"], signals, day, overrides)
        found = {"signals": signals, "scores": scores, "drivers": drivers}
        results["accounts"] |= {(day, account): facts for account, facts in view["live"].items()}
        for part, rows in found.items():
            results[part] |= {(day, *key): row for key, row in rows.items()}
    return results

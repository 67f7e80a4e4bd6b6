"""The results of a built project in the shape of the reference's, and what differs between them.

A part is a dict of (day, keys ...) -> values; equal means: the same keys, and every value the same
to the last of six decimals, where NULL equals NULL and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

PUBLISHED_ACCOUNT_FACTS = (
    "account_name", "plan", "industry", "region", "csm", "parent_account_id", "account_age_days",
    "lifecycle_stage", "is_paying", "mrr", "renewal_date",
)  # fmt: skip
ACCOUNT_FACTS = (*PUBLISHED_ACCOUNT_FACTS, "employee_count", "seats")
SIGNAL_FACTS = ("value", "state", "observed_on")
DRIVER_FACTS = (
    *SIGNAL_FACTS, "points", "weight", "contribution", "points_lost", "is_imputed",
)  # fmt: skip
SCORE_FACTS = (
    "score", "score_low", "score_high", "coverage", "source_coverage", "capped_score", "cap_name",
    "effective_score", "band", "override_id", "override_kind",
)  # fmt: skip
COUNTS = ("raw", "accepted", "superseded", "rejected", "duplicate")
KEYS = {
    "accounts": ("account_id",),
    "profiles": ("account_id",),
    "signals": ("account_id", "signal"),
    "drivers": ("account_id", "scorecard", "signal"),
    "scores": ("account_id", "scorecard"),
}
# In the order of the flow: what differs in one part often differs because of an earlier one.
INTERMEDIATE = {
    "accounts": ("intermediate.int_account_dates", ACCOUNT_FACTS),
    "profiles": ("intermediate.int_account_profiles", ("profile",)),
    "signals": ("intermediate.int_signal_states", SIGNAL_FACTS),
    "drivers": ("intermediate.int_drivers", DRIVER_FACTS),
    "scores": ("intermediate.int_scores", SCORE_FACTS),
}
MARTS = {
    "accounts": ("marts.account_health", PUBLISHED_ACCOUNT_FACTS),
    "profiles": ("marts.account_health", ("profile",)),
    "drivers": ("marts.account_health_drivers", DRIVER_FACTS),
    "scores": ("marts.account_scorecards", SCORE_FACTS),
}
WANTED = ("int_input_rows", "int_rejected_rows", "int_drivers", "int_scores")


def rows_of(connection: object, relation: str, keys: tuple, facts: tuple) -> dict:
    """(key ...) -> fact -> value of a relation; a key that comes twice is an AssertionError."""
    columns = (*keys, *facts)
    rows = connection.execute(f"select {', '.join(columns)} from {relation}").fetchall()
    found = {row[: len(keys)]: dict(zip(facts, row[len(keys) :], strict=True)) for row in rows}
    assert len(found) == len(rows), f"{relation} has a key more than once"
    return found


def built(connection: object, relations: dict) -> dict:
    """Part -> (day, keys ...) -> facts of the built relations."""
    return {
        part: rows_of(connection, relation, ("score_date", *KEYS[part]), facts)
        for part, (relation, facts) in relations.items()
    }


def built_counts(connection: object, relation: str) -> dict:
    """(contract table,) -> rows by status, all connectors together."""
    columns = ", ".join(f"cast(sum({name}_rows) as bigint)" for name in COUNTS)
    rows = connection.execute(f"select table_name, {columns} from {relation} group by table_name")
    return {row[:1]: dict(zip(COUNTS, row[1:], strict=True)) for row in rows.fetchall()}


def rejected_counts(connection: object, relation: str) -> dict:
    query = f"select table_name, count(*) from {relation} group by table_name"
    return {(name,): {"rows": count} for name, count in connection.execute(query).fetchall()}


def expected(results: dict, relations: dict) -> dict:
    """The same parts and facts of the reference's results."""
    of_part = {**results, "profiles": results["accounts"]}
    return {
        part: {
            key if isinstance(key, tuple) else (key,): {fact: row[fact] for fact in facts}
            for key, row in of_part[part].items()
        }
        for part, (_, facts) in relations.items()
    }


def expected_counts(results: dict) -> dict:
    return {(name,): counts for name, counts in results["counts"].items()}


def expected_rejected(results: dict) -> dict:
    counts = {name: of["rejected"] for name, of in results["counts"].items()}
    return {(name,): {"rows": count} for name, count in counts.items() if count}


def differences(part: str, ours: dict, theirs: dict) -> list[str]:
    """One line per fact that differs: part, key, fact, the project's and the reference's value."""
    lines = []
    for key in sorted({*ours, *theirs}):
        where = f"{part} {' '.join(map(str, key))}"
        if key not in ours or key not in theirs:
            lines.append(f"{where}: only in the {'project' if key in ours else 'reference'}")
            continue
        lines += [
            f"{where} {fact}: project {shown(value)}, reference {shown(theirs[key][fact])}"
            for fact, value in ours[key].items()
            if not is_same(value, theirs[key][fact])
        ]
    return lines


def is_same(value: object, other: object) -> bool:
    return (value is None and other is None) or (
        value is not None and other is not None and value == other
    )


def shown(value: object) -> str:
    return "NULL" if value is None else str(value)


def report(lines: Iterable[str], most: int = 12) -> str:
    """The first part that differs line by line, of the others how many lines there are."""
    of_part = defaultdict(list)
    for line in lines:
        of_part[line.split()[0]].append(line)
    if not of_part:
        return ""
    first, *others = of_part
    told = ["the project and the reference differ", *of_part[first][:most]]
    if len(of_part[first]) > most:
        told.append(f"... {len(of_part[first])} differences in {first}")
    return "\n".join(told + [f"then {len(of_part[name])} in {name}" for name in others])

"""Shares of a score as rows of the config seeds: whole weights that sum to 100, prose kept."""

import csv
import io
import re
from dataclasses import dataclass
from decimal import Decimal

from .config_check import numbered_rows

ANY = "*"
LEAST_DIMENSION = 1
FITTED = re.compile(r"^Fitted on .*? \(weight before: [\d.]+\)\. ")


@dataclass(frozen=True)
class Weights:
    """Weights of one scorecard as its seeds have them, rows of `*` and of profiles apart.

    `dimensions` (profile, dimension) -> weight, `signals` (profile, signal) -> weight, and the
    dimension of each signal.
    """

    dimensions: dict
    signals: dict
    dimension_of: dict

    def resolved(self, profile):
        """(dimension -> weight, signal -> weight) of a profile, without what weighs nothing."""
        return tuple(
            {name: weight for name, weight in preferred(rows, profile).items() if weight > 0}
            for rows in (self.dimensions, self.signals)
        )

    def shares(self, profile):
        """Signal -> its share of the whole score of a profile; they sum to 1."""
        dimensions, signals = self.resolved(profile)
        return {
            signal: float(dimensions.get(self.dimension_of[signal], 0) * weight) / 10_000
            for signal, weight in signals.items()
        }


def preferred(rows, profile):
    """Name -> value: the row of the profile, else that of any."""
    found = {name: value for (owner, name), value in rows.items() if owner == ANY}
    found.update({name: value for (owner, name), value in rows.items() if owner == profile})
    return found


def read(folder, scorecard):
    """The Weights of a scorecard in a folder of seeds."""
    signals = rows_of(folder / "signals.csv")
    return Weights(
        {
            (row["profile"], row["dimension"]): Decimal(row["weight"])
            for row in rows_of(folder / "dimension_weights.csv")
            if row["scorecard"] == scorecard
        },
        {
            (row["profile"], row["signal"]): Decimal(row["weight"])
            for row in rows_of(folder / "signal_rules.csv")
            if row["scorecard"] == scorecard
        },
        {row["signal"]: row["dimension"] for row in signals},
    )


def rows_of(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def rewritten(weights, shares):
    """The Weights that come nearest to `shares`: profile or `*` -> signal -> share.

    Only rows that are there and weigh something change. `*` comes first; the rows of a profile
    share what the rows of `*` that it uses leave of 100. A dimension keeps at least 1, since
    dropping one changes what the score is about; a signal may fall to 0.
    """
    dimensions, signals = dict(weights.dimensions), dict(weights.signals)
    for profile in in_order({owner for owner, _ in [*dimensions, *signals]}):
        wanted = shares[profile]
        of_dimension = {}
        for signal, share in wanted.items():
            name = weights.dimension_of[signal]
            of_dimension[name] = of_dimension.get(name, 0) + share
        spread(dimensions, profile, of_dimension, weights.dimensions, least=LEAST_DIMENSION)
        for dimension in {weights.dimension_of[signal] for _, signal in signals}:
            inside = {name for name, of in weights.dimension_of.items() if of == dimension}
            spread(signals, profile, wanted, weights.signals, inside)
    return Weights(dimensions, signals, weights.dimension_of)


def in_order(profiles):
    """`*` first, since rows of a profile fill up what it leaves."""
    return sorted(profiles, key=lambda name: (name != ANY, name))


def spread(rows, profile, wanted, before, inside=None, least=0):
    """Give the rows of a profile that weigh something their parts of what is left of 100."""
    own = [
        name
        for (owner, name), weight in before.items()
        if owner == profile and weight > 0 and (inside is None or name in inside)
    ]
    if not own:
        return
    former = {name: float(before[profile, name]) for name in own}
    if profile == ANY:
        total = sum(before[profile, name] for name in own)
    else:
        used = preferred(rows, profile)
        total = 100 - sum(
            weight
            for name, weight in used.items()
            if (profile, name) not in before and (inside is None or name in inside)
        )
    parts = {name: wanted.get(name, 0.0) for name in own}
    if sum(parts.values()) <= 0:
        parts = former
    for name, weight in apportioned(parts, int(total), least).items():
        rows[profile, name] = Decimal(weight)


def apportioned(parts, total, least=0):
    """Whole numbers in the proportion of `parts` that sum to `total`, by largest remainder.

    Each is at least `least` where the total allows that. Equal remainders go by name.
    """
    if least * len(parts) > total:
        least = 0
    whole = sum(parts.values())
    exact = {name: total * part / whole for name, part in parts.items()}
    given = {name: max(least, int(value)) for name, value in exact.items()}
    while (lacking := total - sum(given.values())) != 0:
        step = 1 if lacking > 0 else -1
        names = [name for name in sorted(given) if step > 0 or given[name] > least]
        chosen = max(names, key=lambda name: step * (exact[name] - given[name]))
        given[chosen] += step
    return given


def write(source, folder, scorecard, after, note, calibration):
    """Write the seeds that change into `folder`; [file name].

    `note` says of a changed row what it was fitted on, given its former weight, `calibration`
    is the new row of calibrations.csv, its last cell the day of review of every changed row.
    """
    written = []
    for name, kind in (("dimension_weights", "dimension"), ("signal_rules", "signal")):
        weights = after.dimensions if kind == "dimension" else after.signals
        path = source / f"{name}.csv"
        text = path.read_bytes().decode("utf-8-sig")
        changed = with_weights(text, scorecard, kind, weights, note, calibration[-1])
        if changed != text:
            (folder / path.name).write_bytes(changed.encode())
            written.append(path.name)
    if written:
        text = (source / "calibrations.csv").read_bytes().decode("utf-8-sig")
        text = text if text.endswith("\n") else f"{text}\n"
        (folder / "calibrations.csv").write_bytes((text + line_of(calibration)).encode())
        written.append("calibrations.csv")
    return written


def with_weights(text, scorecard, kind, weights, note, reviewed_on):
    """A seed's text with other weights; lines whose weight stays are the same bytes."""
    lines = list(io.StringIO(text, newline=""))
    records = list(numbered_rows(text))
    header = records[0][1]
    begins = [line for line, _ in records] + [len(lines) + 1]
    made = lines[: begins[1] - 1] if len(records) > 1 else lines
    for (line, cells), following in zip(records[1:], begins[2:], strict=True):
        row = dict(zip(header, cells, strict=True))
        new = weights.get((row["profile"], row[kind])) if row["scorecard"] == scorecard else None
        if new is None or new == Decimal(row["weight"]):
            made += lines[line - 1 : following - 1]
            continue
        reason = FITTED.sub("", row["reason"])
        row.update(reason=f"{note(row['weight'])} {reason}", reviewed_on=reviewed_on)
        row["weight"] = f"{new.normalize():f}"
        made.append(line_of([row[column] for column in header]))
    return "".join(made)


def line_of(cells):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()

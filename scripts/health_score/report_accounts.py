"""What the report shows of one account, small enough that ten thousand fit into one file."""

from .explain import order, records

STATES = ("measured", "stale", "missing", "not_applicable")


def details(connection, head):
    """Per account in the order of its place: history, drivers, changes, alerts, next step, cards.

    Scores are whole tenths, contributions and points of a change whole hundredths, weights
    whole hundredths of a per cent, days and signals places in the head's lists.
    """
    (count,) = connection.execute("select count(*) from places").fetchone()
    found = [{} for _ in range(count)]
    bands = [row["band"] for row in head["bands"]]
    signals = {row["signal"]: place for place, row in enumerate(head["signals"])}
    add_history(connection, found, bands)
    add_drivers(connection, found, signals, head["card"]["name"])
    add_changes(connection, found, signals, head["card"]["name"])
    for row in records(
        connection,
        "select places.place, opened_on, closed_on, closed_because, title, severity, is_baseline, "
        "is_held from marts.health_alerts inner join places using (account_id) "
        "order by opened_on desc, alert_id",
    ):
        found[row.pop("place")].setdefault("alerts", []).append(list(row.values()))
    for row in records(
        connection,
        "select places.place, stage, done_step_count, step_count, next_step, next_action, "
        "is_next_step_late from marts.account_lifecycle inner join places using (account_id)",
    ):
        place = row.pop("place")
        found[place]["life"] = list(row.values())
    for place, card, score, band in connection.execute(
        "select places.place, scorecard, cast(round(effective_score * 10) as bigint), band "
        "from marts.account_scorecards inner join places using (account_id) "
        "where is_primary = 0 order by places.place, scorecard"
    ).fetchall():
        found[place].setdefault("cards", []).append([head["cards"].index(card), score, band])
    return found


def add_history(connection, found, bands):
    """[weeks, scores, bands, computed scores where they differ, caps, overrides]."""
    rows = connection.execute(
        """
        select places.place, list(weekly.place order by weekly.place),
            list(cast(round(effective_score * 10) as bigint) order by weekly.place),
            list(list_position(?, band) - 1 order by weekly.place),
            list([weekly.place, cast(round(score * 10) as bigint)] order by weekly.place)
                filter (where score is distinct from effective_score),
            list([cast(weekly.place as varchar), cap_name] order by weekly.place)
                filter (where cap_name is not null),
            list([cast(weekly.place as varchar), override_id] order by weekly.place)
                filter (where override_id is not null)
        from weekly inner join places using (account_id)
        group by places.place
        """,
        [bands],
    ).fetchall()
    for place, weeks, scores, band, computed, caps, overrides in rows:
        whole = weeks == list(range(weeks[0], weeks[0] + len(weeks)))
        found[place]["history"] = [
            weeks[0] if whole else weeks,
            steps(scores),
            runs(band),
            computed or [],
            spans(caps, weeks),
            spans(overrides, weeks),
        ]


def steps(values):
    """Each value less the one before it, which packs smaller; None stays."""
    found, former = [], 0
    for value in values:
        found.append(None if value is None else value - former)
        former = former if value is None else value
    return found


def runs(values):
    """[value, how often, value, how often, ...]."""
    found = []
    for value in values:
        if found and found[-2] == value:
            found[-1] += 1
        else:
            found += [value, 1]
    return found


def spans(marks, weeks):
    """[[first week, last week, name]] of what held in adjoining weeks of the account."""
    following = dict(zip(weeks, weeks[1:], strict=False))
    found = []
    for text, name in marks or ():
        week = int(text)
        if found and found[-1][2] == name and following.get(found[-1][1]) == week:
            found[-1][1] = week
        else:
            found.append([week, week, name])
    return found


def add_drivers(connection, found, signals, card):
    """[signal, state, value, points, weight, contribution, lost, what stands for it, since when]"""
    rows = records(
        connection,
        "select places.place, signal, state, round(value, 4) as value, points, weight, "
        "contribution, points_lost, observed_on, missing_policy, is_imputed "
        "from marts.account_health_drivers inner join places using (account_id) "
        "where scorecard = ? order by places.place",
        [card],
    )
    for row in sorted(rows, key=lambda row: (row["place"], *order(row))):
        found[row["place"]].setdefault("drivers", []).append(
            [
                signals[row["signal"]],
                STATES.index(row["state"]),
                row["value"],
                scaled(row["points"], 10),
                scaled(row["weight"], 10_000),
                scaled(row["contribution"], 100),
                scaled(row["points_lost"], 100),
                row["missing_policy"] if row["is_imputed"] else None,
                row["observed_on"] if row["state"] == "stale" else None,
            ]
        )


def add_changes(connection, found, signals, card):
    """[[compared with, from, before, after, status, profiles, plans, parts]] of the newest day."""
    rows = records(
        connection,
        "select places.place, compared_with, from_date, score_before, score_after, status, part, "
        "signal, points, round(value_before, 4) as value_before, "
        "round(value_after, 4) as value_after, state_before, state_after, "
        "profile_before, profile_after, plan_before, plan_after "
        "from marts.account_health_changes inner join places using (account_id) "
        "where scorecard = ? and score_date = (select max(score_date) from marts.publication) "
        "order by places.place, list_position(['7 days', '28 days', 'previous'], compared_with), "
        "abs(points) desc nulls last, part, signal",
        [card],
    )
    for row in rows:
        pairs = found[row["place"]].setdefault("changes", [])
        same = [pair for pair in pairs if pair[1] == row["from_date"]]
        if same and same[0][0] != row["compared_with"]:
            continue  # the day before may be the one of 7 days ago: told once
        if not same:
            ends = [[row[f"{name}_before"], row[f"{name}_after"]] for name in ("profile", "plan")]
            ends = [None if before == after else [before, after] for before, after in ends]
            scores = [scaled(row[name], 10) for name in ("score_before", "score_after")]
            same = [[row["compared_with"], row["from_date"], *scores, None, *ends, []]]
            pairs += same
        if row["part"] == "status":
            same[0][4] = row["status"]
        else:
            values = [row["value_before"], row["value_after"]]
            states = [row["state_before"], row["state_after"]]
            tail = values + states if row["part"] in ("behaviour", "coverage") else []
            part = [row["part"], signals.get(row["signal"]), scaled(row["points"], 100), *tail]
            same[0][7].append(part)


def scaled(value, factor):
    return None if value is None else round(value * factor)

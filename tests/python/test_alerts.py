"""Alerts on histories made by hand: a reference walks day by day, and ids must stay."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from random import Random

import pytest

from alert_worlds import RULES, Models, Snapshot, World, day, episodes, random_world

ACCOUNT_RULES = [row for row in RULES.values() if row["kind"] != "book"]


@pytest.fixture(scope="module")
def models(parsed_project: tuple) -> Models:
    return Models(*parsed_project)


def rows(connection: object, query: str) -> list[tuple]:
    return connection.execute(query).fetchall()


def found(connection: object) -> list[tuple]:
    query = """
        select account_id, rule, opened_on, closed_on, closed_because
        from intermediate.int_alert_episodes where account_id <> '*' order by all
    """
    return rows(connection, query)


def expected(world: World, rules: list[dict]) -> list[tuple]:
    accounts = sorted({account for account, _ in world.snapshots})
    walked = [
        (account, rule["rule"], *episode)
        for account in accounts
        for rule in rules
        for episode in episodes(world, rule, account)
    ]
    return sorted(walked, key=lambda row: row[:3])


def varied(random: Random, rules: list[dict]) -> list[dict]:
    """The shipped rules with other days to recover and to cool down."""
    return [
        {
            **rule,
            "recover_days": random.choice("137"),
            "cooldown_days": str(random.choice((0, 5, 28))),
        }
        for rule in rules
    ]


@pytest.mark.parametrize(
    "number",
    [*range(4), *(pytest.param(number, marks=pytest.mark.slow) for number in range(4, 12))],
)
def test_episodes_are_those_of_a_walk_through_the_days(models: Models, number: int) -> None:
    random = Random(number)
    rules = varied(random, list(RULES.values()))
    world = random_world(random)
    walked = expected(world, [rule for rule in rules if rule["kind"] != "book"])
    assert len(walked) > 20
    assert found(models.run(world, rules)) == walked


def test_every_rule_opens_recovers_and_ends_by_churn_somewhere(models: Models) -> None:
    ends = set()
    for number in range(12):
        world = random_world(Random(number))
        ends |= {(row[1], row[4]) for row in expected(world, ACCOUNT_RULES)}
    assert {rule for rule, _ in ends} == {rule["rule"] for rule in ACCOUNT_RULES}
    assert {why for _, why in ends} == {"recovered", "churned", None}


def test_the_order_of_rows_changes_nothing(models: Models) -> None:
    world = random_world(Random(77))
    turned = deepcopy(world)
    turned.snapshots = dict(reversed(list(world.snapshots.items())))
    turned.days = list(reversed(world.days))
    assert everything(models.run(world)) == everything(models.run(turned))


def everything(connection: object) -> list[tuple]:
    return rows(connection, "select * from intermediate.int_alerts order by all")


def remembered(connection: object, world: World) -> World:
    """The same world as the next run meets it."""
    columns = ["alert_id", "account_id", "rule", "ordinal", "opened_on", "closed_on", "is_baseline"]
    former = rows(connection, f"select {', '.join(columns)} from intermediate.int_alerts")
    ((version,),) = rows(connection, "select * from intermediate.int_alert_rules_version")
    after = deepcopy(world)
    after.former = [dict(zip(columns, row, strict=True)) for row in former]
    after.judged = [{"score_date": max(world.days), "rules_version": version}]
    return after


def until(world: World, last: object) -> World:
    part = deepcopy(world)
    part.days = [d for d in world.days if d <= last]
    part.snapshots = {key: shot for key, shot in world.snapshots.items() if key[1] <= last}
    return part


@pytest.mark.parametrize("cuts", [(40, 80), (60,), tuple(range(20, 119, 9))])
def test_many_runs_give_the_ids_and_days_of_one(models: Models, cuts: tuple) -> None:
    world = random_world(Random(5))
    query = "select alert_id, opened_on, closed_on from intermediate.int_alerts order by all"
    at_once = rows(models.run(world), query)
    memory = World({}, [])
    for cut in (*map(day, cuts), max(world.days)):
        part = until(world, cut)
        part.former, part.judged = memory.former, memory.judged
        connection = models.run(part)
        memory = remembered(connection, part)
    assert rows(connection, query) == at_once


def silent(first: int, last: int, days: int = 90) -> World:
    """One account that is silent from one day number to another, both included."""
    shots = {
        ("quiet", day(n)): Snapshot(
            signals={"days_since_last_use": 30 if first <= n <= last else 0}
        )
        for n in range(days)
    }
    return World(shots, [day(n) for n in range(days)])


def test_late_facts_that_move_an_episode_keep_its_id(models: Models) -> None:
    before = models.run(silent(20, 40))
    ((alert, opened, closed),) = rows(
        before, "select alert_id, opened_on, closed_on from intermediate.int_alerts"
    )
    assert (opened, closed) == (day(20), day(43))
    late = remembered(before, silent(20, 40))
    late.snapshots = silent(25, 50).snapshots
    moved = models.run(late)
    assert rows(moved, "select alert_id, opened_on, closed_on from intermediate.int_alerts") == [
        (alert, day(25), day(53))
    ]


def test_an_episode_found_before_another_takes_no_number_that_was_sent(models: Models) -> None:
    before = models.run(silent(60, 70))
    ((alert,),) = rows(before, "select alert_id from intermediate.int_alerts")
    late = remembered(before, silent(60, 70))
    for n in range(2, 6):
        late.snapshots["quiet", day(n)] = Snapshot(signals={"days_since_last_use": 30})
    after = rows(
        models.run(late),
        "select ordinal, opened_on, alert_id from intermediate.int_alerts order by opened_on",
    )
    assert after[0][:2] == (2, day(2)) and after[1] == (1, day(60), alert)


def test_what_late_facts_undo_is_withdrawn_and_comes_back_under_its_id(models: Models) -> None:
    query = "select alert_id, status, closed_on, closed_because from intermediate.int_alerts"
    before = models.run(silent(60, 89))
    ((alert, *_),) = rows(before, query)
    undone = remembered(before, silent(60, 89))
    undone.snapshots = silent(99, 99).snapshots
    after = models.run(undone)
    assert rows(after, query) == [(alert, "closed", day(89), "withdrawn")]
    next_day = remembered(after, silent(99, 99, days=95))
    assert rows(models.run(next_day), query) == [(alert, "closed", day(89), "withdrawn")]
    restored = remembered(after, silent(60, 89))
    assert rows(models.run(restored), query) == [(alert, "open", None, None)]


def test_a_rule_that_is_gone_withdraws_its_alerts(models: Models) -> None:
    world = remembered(models.run(silent(60, 89)), silent(60, 89))
    query = "select title, status, closed_because from intermediate.int_alerts"
    without = [rule for rule in RULES.values() if rule["rule"] != "silence"]
    assert rows(models.run(world, without), query) == [("silence", "closed", "withdrawn")]


# ----------------------------------------------------------------------------- the reasons


@pytest.mark.parametrize(
    ("rule", "first", "then", "reason"),
    [
        ("silence", {"days_since_last_use": 0}, {"days_since_last_use": 30},
            "Days since last use: 30 days"),
        ("hard_fact", {"days_overdue_max": 0}, {"days_overdue_max": 61},
            "Days the oldest invoice is overdue: 61 days, so the score is at most 49"),
        ("coverage_drop", {}, {}, "60 % of the weight is measured, before 90 %"),
        ("fell_to_red", {}, {}, "Active days in 28 days: 20 days, now 1 day (-45.0 points)"),
    ],
)  # fmt: skip
def test_the_first_reason_is_the_fact_or_the_greatest_loss(
    models: Models, rule: str, first: dict, then: dict, reason: str
) -> None:
    days = [day(n) for n in range(40)]
    shots = {
        ("a", d): Snapshot(score=75, signals=first) if d < day(35)
        else Snapshot(score=30, coverage=0.6, cap="overdue_60_days", signals=then)
        for d in days
    }  # fmt: skip
    change = {
        "score_date": day(35), "account_id": "a", "part": "behaviour", "points": -45,
        "signal": "active_days_28d", "value_before": 20, "value_after": 1, "status": "split",
    }  # fmt: skip
    changes = [{**change, "compared_with": span} for span in ("7 days", "28 days")]
    query = f"select reason_1 from intermediate.int_alerts where rule = '{rule}'"
    assert rows(models.run(World(shots, days, changes=changes)), query) == [(reason,)]


def test_what_the_ledger_says_of_the_rules_own_signal_comes_first_and_once(models: Models) -> None:
    world = silent(60, 89)
    lost = {
        "compared_with": "28 days", "score_date": day(60), "account_id": "quiet",
        "part": "behaviour", "status": "split",
    }  # fmt: skip
    moved = {"days_since_last_use": (-1, 0, 30), "active_users_28d": (-9, 5, 0)}
    world.changes = [
        {**lost, "signal": signal, "points": points, "value_before": before, "value_after": after}
        for signal, (points, before, after) in moved.items()
    ]
    query = "select reason_1, reason_2, reason_3 from intermediate.int_alerts"
    assert rows(models.run(world), query) == [
        (
            "Days since last use: 0 days, now 30 days (-1.0 points)",
            "Active users in 28 days: 5 users, now 0 users (-9.0 points)",
            None,
        )
    ]


# ------------------------------------------------------------------------------------ the baseline


def baselines(connection: object) -> dict:
    return dict(rows(connection, "select opened_on, is_baseline from intermediate.int_alerts"))


def test_the_first_run_is_the_baseline_and_the_next_one_is_not(models: Models) -> None:
    world = silent(60, 89)
    assert baselines(models.run(world)) == {day(60): 1}
    second = remembered(models.run(until(world, day(59))), until(world, day(59)))
    judged = until(world, day(61))
    judged.judged = second.judged
    assert baselines(models.run(judged)) == {day(60): 0}
    judged.last_complete = day(60) + timedelta(days=30)  # a backfill: the data know better
    assert baselines(models.run(judged)) == {day(60): 1}
    judged.last_complete = None
    changed = [
        {**rule, "threshold": "20"} if rule["rule"] == "silence" else rule
        for rule in RULES.values()
    ]
    assert baselines(models.run(judged, changed)) == {day(60): 1}


def test_what_a_new_configuration_opens_is_the_baseline(models: Models) -> None:
    days = [day(n) for n in range(40)]
    shots = {("drop", d): Snapshot(score=50 if d < day(30) else 30) for d in days}
    first = remembered(
        models.run(until(World(shots, days), day(29))), until(World(shots, days), day(29))
    )
    for version, is_baseline in (("v1", 0), ("v2", 1)):
        world = until(World(shots, days), day(30))
        world.judged = first.judged
        world.versions = {day(30): version}
        opened = "select is_baseline from intermediate.int_alerts where rule = 'fell_to_red'"
        assert rows(models.run(world), opened) == [(is_baseline,)]


# ------------------------------------------------------------------------------- the whole book


def outage(accounts: int = 30, hit: int = 20, capped: bool = False) -> World:
    """All are well until day 40; then `hit` of them are red for 10 days, by one signal."""
    days = [day(n) for n in range(80)]
    shots, changes = {}, []
    for number in range(accounts):
        for n, d in enumerate(days):
            is_low = number < hit and 40 <= n < 50
            shots[f"a{number:02}", d] = Snapshot(
                score=30 if is_low else 75, cap="overdue" if capped and is_low else None
            )
            for span, back in (("7 days", 7), ("28 days", 28)):
                was_low = number < hit and 40 <= n - back < 50
                if n >= back and is_low != was_low:
                    changes.append({
                        "compared_with": span, "score_date": d, "from_date": day(n - back),
                        "account_id": f"a{number:02}", "part": "behaviour",
                        "signal": "active_days_28d", "points": -45 if is_low else 45,
                        "value_before": 20, "value_after": 2, "status": "split",
                    })  # fmt: skip
    return World(shots, days, changes=changes)


HELD = """
    select rule, count(*), sum(is_held) from intermediate.int_alerts group by rule order by rule
"""


def test_an_outage_is_one_alert_and_the_others_wait(models: Models) -> None:
    held = models.run(until(outage(capped=True), day(44)))
    assert rows(held, HELD) == [
        ("fast_drop", 20, 20), ("fell_below_green", 20, 20), ("fell_to_red", 20, 20),
        ("hard_fact", 20, 0), ("whole book", 1, 0),
    ]  # fmt: skip
    query = """
        select account_id, reason_1, severity from intermediate.int_alerts
        where rule = 'whole book'
    """
    ((account, reason, severity),) = rows(held, query)
    assert account is None and severity == "high"
    assert "67 % of the accounts" in reason


@pytest.mark.parametrize(("own", "is_held"), [(20, 1), (45, 1), (46, 0)])
def test_an_alert_is_held_when_half_of_its_loss_came_with_the_book(
    models: Models, own: float, is_held: int
) -> None:
    world = until(outage(), day(44))
    for account, d in world.snapshots:
        if account != "a00":
            world.snapshots[account, d] = Snapshot(score=75)  # else the rule opens for everybody
    of_its_own = [
        {**row, "signal": "nps_latest", "points": -own} for row in world.changes
        if row["account_id"] == "a00" and row["points"] < 0
    ]  # fmt: skip
    world.changes += of_its_own
    query = """
        select is_held, reason_1 from intermediate.int_alerts
        where rule = 'fell_to_red' and account_id = 'a00'
    """
    ((found_held, reason),) = rows(models.run(world), query)
    assert found_held == is_held
    assert ("NPS" in reason) == (own > 45)


def test_a_rule_that_is_a_hard_fact_is_never_held(models: Models) -> None:
    rules = [{**rule, "is_hard_fact": "1"} for rule in RULES.values()]
    assert ("fell_to_red", 20, 0) in rows(models.run(until(outage(), day(44)), rules), HELD)


def test_what_ends_while_it_is_held_is_never_sent_and_the_book_recovers(models: Models) -> None:
    after = models.run(outage())
    query = """
        select rule, status, max(is_held), min(is_held) from intermediate.int_alerts
        where rule in ('fell_to_red', 'whole book') group by all order by all
    """
    assert rows(after, query) == [("fell_to_red", "closed", 1, 1), ("whole book", "closed", 0, 0)]


def test_a_few_accounts_are_no_book(models: Models) -> None:
    assert rows(models.run(until(outage(hit=2), day(44))), HELD) == [
        ("fast_drop", 2, 0), ("fell_below_green", 2, 0), ("fell_to_red", 2, 0),
    ]  # fmt: skip
    assert ("whole book", 1, 0) not in rows(models.run(until(outage(15, 15), day(44))), HELD)


def test_a_hold_ends_after_its_days(models: Models) -> None:
    world = outage()
    for (account, d), shot in list(world.snapshots.items()):
        if d >= day(50) and account < "a20":
            world.snapshots[account, d] = Snapshot(score=30, cap=shot.cap)
    world.changes = [
        {**row, "score_date": d}
        for row in world.changes
        if row["score_date"] == day(40) and row["compared_with"] == "7 days"
        for d in [day(n) for n in range(40, 80)]
    ]
    query = """
        select distinct is_held, held_until from intermediate.int_alerts where rule = 'fell_to_red'
    """
    assert rows(models.run(until(world, day(67))), query) == [(1, day(68))]
    assert rows(models.run(until(world, day(68))), query) == [(0, day(68))]
    world.changes = [row for row in world.changes if row["score_date"] < day(75)]
    assert rows(models.run(world), query) == [(0, day(68))], (
        "the cause has ended, and the hold long before"
    )

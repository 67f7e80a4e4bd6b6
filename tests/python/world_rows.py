"""Clean random rows of every contract table, each told by the seed, its account and its number.

Times crowd around the score date D and around the edges of the windows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from reference_input import CHANNEL_ACTIONS, CONTRACT, DAY

ACCOUNT_KINDS = (
    "steady", "upgraded", "downgraded", "parallel", "changed", "trial_row", "no_subscription",
    "churned", "gap", "future", "broken",
)  # fmt: skip
EDGES = (
    -2, -1, 0, 0, 1, 2, 6, 7, 8, 26, 27, 28, 29, 83, 84, 89, 90, 91, 110, 111, 112, 113, 363, 364,
    365, 366,
)  # fmt: skip
SIGN_UP_AGES = (
    0, 1, 27, 28, 89, 90, 91, 111, 112, 113, 364, 365, 366, 400, 730, 731, 1461, 2900,
)  # fmt: skip
MOMENTS = (time(0), time(0, 0, 1), time(12), time(12), time(23, 59, 59))
CURRENCIES = (None, "USD", "USD", "USD", "EUR", "GBP", "XXX")
AMOUNTS = tuple(map(Decimal, ("0", "49", "99", "99.5", "250", "1200.25")))


def at(rng: Random, day: date, days_before: int) -> datetime:
    moment = rng.choice(MOMENTS)
    if rng.random() < 0.2:
        moment = time(rng.randrange(24), rng.randrange(60), rng.randrange(60))
    return datetime.combine(day - days_before * DAY, moment)


def around(rng: Random, day: date, longest: int = 120) -> datetime:
    """A moment that is likely near D or near the edge of a window."""
    is_edge = rng.random() < 0.5
    return at(rng, day, rng.choice(EDGES) if is_edge else rng.randrange(longest))


def later(rng: Random, moment: datetime) -> datetime:
    hours = rng.choice((0, 1, 5, 24, 30, 24 * 7, 24 * 28, 24 * 90))
    return moment + timedelta(hours=hours, minutes=rng.randrange(60))


def maybe(rng: Random, share: float, make: Callable) -> object:
    return make() if rng.random() < share else None


def account_row(rng: Random, day: date, account: str, kind: str) -> dict:
    age = -1 if kind == "future" else rng.choice(SIGN_UP_AGES)
    signed_up_at = at(rng, day, age)
    if rng.random() < 0.1:
        signed_up_at = datetime(rng.choice((2016, 2020)), 2, 29, 9)
    if kind == "broken":
        signed_up_at = None
    return {
        "account_id": account,
        "account_name": f"Company {account}",
        "plan": rng.choice((None, "basic", "pro", "enterprise")),
        "industry": rng.choice((None, "retail", "health")),
        "region": rng.choice(("EU", "US")),
        "employee_count": rng.choice((None, 0, 5, 49, 50, 199, 200, 500, 1000, 5000)),
        "csm": rng.choice((None, "Kim", "Noor")),
        "signed_up_at": signed_up_at,
        "parent_account_id": None,
    }


def subscription_row(rng: Random, account: str, suffix: str, started: datetime, ended: object):
    return {
        "subscription_id": f"{account}-s{suffix}",
        "account_id": account,
        "plan": rng.choice((None, "basic", "pro", "enterprise")),
        "mrr": rng.choice((None, *AMOUNTS, *AMOUNTS, *AMOUNTS)),
        "currency": rng.choice(CURRENCIES),
        "seats": rng.choice((None, 0, 1, 3, 10, 50)),
        "started_at": started,
        "ended_at": ended,
        "renews_at": maybe(rng, 0.7, lambda: later(rng, max(started, ended or started))),
        "is_addon": rng.choice((None, False, False, False)),
        "is_trial": rng.choice((None, False, False, False)),
    }


def subscription_rows(rng: Random, day: date, account: str, kind: str) -> list[dict]:
    """A chain of subscriptions that tells the story of the account's kind, perhaps an add-on."""
    start = at(rng, day, rng.choice((0, 5, 90, 365, 366, 400, 730, 1500)))
    rows = []
    if kind in ("no_subscription", "future"):
        return rows
    if kind in ("upgraded", "downgraded", "gap", "changed"):
        ended = at(rng, day, rng.choice((0, 1, 29, 30, 31, 200, 364, 365)))
        pause = rng.choice((0, 1, 30, 30, 31, -2)) if kind != "upgraded" else 0
        currency = rng.choice(CURRENCIES)
        rows.append(subscription_row(rng, account, "1", min(start, ended), ended))
        begun = datetime.combine(ended.date() + pause * DAY, rng.choice(MOMENTS))
        rows.append(subscription_row(rng, account, "2", begun, None))
        if kind in ("upgraded", "downgraded"):
            amounts = sorted((rng.choice(AMOUNTS), rng.choice(AMOUNTS)))
            for row, amount in zip(
                rows, amounts if kind == "upgraded" else amounts[::-1], strict=True
            ):
                row |= {"mrr": amount, "currency": currency}
    elif kind == "churned":
        ended = at(rng, day, rng.choice((-2, -1, 0, 1, 29, 30, 31, 90)))
        rows.append(subscription_row(rng, account, "1", min(start, ended), ended))
    elif kind == "trial_row":
        ended = maybe(rng, 0.5, lambda: at(rng, day, rng.choice((-1, 0, 1, 40))))
        row = subscription_row(rng, account, "1", min(start, ended or start), ended)
        rows.append(row | {"is_trial": True, "is_addon": None})
    else:
        rows += [
            subscription_row(rng, account, str(number), start, None)
            for number in range(2 if kind == "parallel" else 1)
        ]
    if rng.random() < 0.4:
        begun = at(rng, day, rng.choice((-1, 0, 10, 365, 400)))
        if rows and rng.random() < 0.4:
            begun = rows[-1]["started_at"] - timedelta(hours=1)
        ended = maybe(rng, 0.3, lambda: later(rng, begun))
        rows.append(subscription_row(rng, account, "9", begun, ended) | {"is_addon": True})
    return rows


def usage_row(rng: Random, day: date, account: str, number: int) -> dict:
    is_recent = rng.random() < 0.6
    occurred_at = at(rng, day, rng.randrange(32)) if is_recent else around(rng, day)
    return {
        "event_id": f"{account}-e{number}",
        "account_id": account,
        "user_id": rng.choice((None, *(f"{account}-u{user}" for user in range(4)))),
        "session_id": rng.choice((None, "s1", "s2", f"{account}-s{number % 3}")),
        "feature": rng.choice((None, "reports", "export", "api", f"{account}-f{number}")),
        "event_name": rng.choice((None, "login", "login", "view")),
        "occurred_at": occurred_at,
        "duration_seconds": rng.choice((None, 0, 30, 100, 601, 3600, Decimal("12.5"))),
    }


def user_row(rng: Random, day: date, account: str, number: int) -> dict:
    created_at = maybe(rng, 0.7, lambda: around(rng, day, 900))
    return {
        "user_id": f"{account}-u{number}",
        "account_id": account,
        "email": f"user{number}@{account}.example",
        "role": rng.choice((None, "admin")),
        "created_at": created_at,
        "deactivated_at": maybe(rng, 0.2, lambda: later(rng, created_at or around(rng, day))),
    }


def ticket_row(rng: Random, day: date, account: str, number: int) -> dict:
    opened_at, story = around(rng, day), Random(f"{account}/{day}/streak")
    if story.random() < 0.3:
        opened_at = at(rng, day, number + story.choice((0, 0, 1, 2)))
    resolved_at = maybe(rng, 0.6, lambda: later(rng, opened_at))
    return {
        "ticket_id": f"{account}-t{number}",
        "account_id": account,
        "user_id": rng.choice((None, f"{account}-u1")),
        "opened_at": opened_at,
        "first_responded_at": maybe(rng, 0.7, lambda: later(rng, opened_at)),
        "resolved_at": resolved_at,
        "reopened_at": maybe(
            rng, 0.35, lambda: rng.choice((resolved_at or opened_at, later(rng, opened_at)))
        ),
        "severity": rng.choice((None, "low", "normal", "high", "critical")),
        "ticket_type": rng.choice((None, "question", "problem", "incident", "task", "billing")),
        "contact_count": rng.choice((None, 0, 1, 1, 1, 1, 2)),
    }


def survey_row(rng: Random, day: date, account: str, number: int) -> dict:
    survey, story = rng.choice(("nps", "csat", "ces")), Random(f"{account}/{day}/answers")
    scores = {
        "nps": (0, 3, 6, Decimal("6.5"), 7, Decimal("8.5"), 9, Decimal("9.5"), 10),
        "csat": (1, 2, 3, Decimal("3.5"), 4, 5),
        "ces": (1, 4, Decimal("5.25"), 7),
    }
    return {
        "response_id": f"{account}-r{number}",
        "account_id": account,
        "user_id": rng.choice((None, f"{account}-u1")),
        "survey_type": survey,
        "score": rng.choice(scores[survey]),
        "responded_at": around(rng if rng.random() < 0.6 else story, day, 400),
        "comment": rng.choice((None, 'Fine, "really"\nsecond line', "could be faster")),
    }


def invoice_row(rng: Random, day: date, account: str, number: int) -> dict:
    issued_at = around(rng, day, 500)
    return {
        "invoice_id": f"{account}-i{number}",
        "account_id": account,
        "amount": rng.choice((*AMOUNTS, Decimal("-20"))),
        "currency": rng.choice(CURRENCIES),
        "issued_at": issued_at,
        "due_at": maybe(
            rng, 0.85, lambda: rng.choice((around(rng, day, 400), issued_at + 30 * DAY))
        ),
        "paid_at": maybe(rng, 0.6, lambda: rng.choice((later(rng, issued_at), around(rng, day)))),
        "voided_at": maybe(rng, 0.25, lambda: rng.choice((at(rng, day, 0), around(rng, day)))),
    }


def activity_row(rng: Random, day: date, account: str, number: int) -> dict:
    kinds = (
        "onboarding_completed", "activation_completed", "training_session", "goal_set",
        "goal_achieved", "business_review", "resource_viewed",
    )  # fmt: skip
    return {
        "activity_id": f"{account}-c{number}",
        "account_id": account,
        "activity_type": rng.choice(kinds),
        "occurred_at": around(rng, day, 400),
        "duration_seconds": rng.choice((None, 0, 1800)),
    }


def engagement_row(rng: Random, day: date, account: str, number: int) -> dict:
    channel = rng.choice(tuple(CHANNEL_ACTIONS))
    row = {
        "event_id": f"{account}-g{number}",
        "account_id": account,
        "user_id": rng.choice((None, f"{account}-u1")),
        "channel": channel,
        "action": rng.choice(sorted(CHANNEL_ACTIONS[channel])),
        "occurred_at": around(rng, day, 400),
    }
    story = Random(f"{account}/{day}/pricing")
    if number < 4 and story.random() < 0.5:
        third = story.choice((0, 3, 7, 8, 24, 25, 26))
        pause = story.choice((0, 1, 7, 8, -1))
        days_before = third - pause if number == 3 else third + number
        action = "query" if number == 3 else "pricing_view"
        row |= {"channel": "web", "action": action, "occurred_at": at(rng, day, days_before)}
    elif story.random() < 0.3:
        action = rng.choice(("sent", "sent", "open", "click"))
        row |= {"channel": "email", "action": action, "occurred_at": around(rng, day)}
    return row


def pulse_row(rng: Random, day: date, account: str, number: int) -> dict:
    story = Random(f"{account}/{day}/pulses")
    return {
        "pulse_id": f"{account}-p{number}",
        "account_id": account,
        "csm": rng.choice((None, "Kim")),
        "pulse": rng.randrange(1, 6),
        "note": rng.choice((None, "calls, but\nnot often")),
        "recorded_at": around(rng if rng.random() < 0.6 else story, day, 200),
    }


def churn_row(rng: Random, day: date, account: str, number: int) -> dict:
    return {
        "event_id": f"{account}-x{number}",
        "account_id": account,
        "churned_at": around(rng, day, 400),
        "reason_code": rng.choice((None, "price")),
        "is_reactivation": rng.choice((None, False, True)),
    }


def override_row(rng: Random, day: date, account: str, number: int) -> dict:
    days = rng.choice((1, 2, 30, 90, 91))
    starts_on = day - rng.choice((-1, 0, 1, days - 1, days, days // 2)) * DAY
    return {
        "override_id": f"{account}-o{number}",
        "account_id": account,
        "scorecard": rng.choice(("health", "health", "impact_points", "adoption")),
        "kind": rng.choice(("set", "cap", "floor")),
        "value": rng.choice((Decimal("0"), Decimal("20.5"), Decimal("50"), Decimal("90"))),
        "reason": "known to be leaving",
        "author": "Kim",
        "starts_on": datetime.combine(starts_on, time()),
        "expires_on": datetime.combine(starts_on + (days - 1) * DAY, time()),
    }


def version_row(rng: Random, day: date, key: str, sample: dict, columns: tuple) -> dict:
    """A row of history: some attributes of a sample row, the others not carried."""
    carried = [column for column in columns if rng.random() < 0.5]
    valid_from = at(rng, day, rng.choice((-1, 0, 1, 30, 364, 365, 366)))
    values = {column: sample[column] if column in carried else None for column in columns}
    return {key: sample[key], "valid_from": valid_from, **values}


def rate_rows(rng: Random, day: date) -> list[dict]:
    rows = [
        {
            "currency": currency,
            "valid_from": datetime.combine(day - days_before * DAY, time()),
            "rate": rng.choice(tuple(map(Decimal, ("0.5", "1.08", "1.2", "1.234567")))),
        }
        for currency in ("EUR", "GBP")
        for days_before in rng.sample((-1, 0, 1, 30, 365, 366, 1000), 3)
    ]
    if rng.random() < 0.5:
        rows.append({"currency": "USD", "valid_from": datetime(2020, 1, 1), "rate": Decimal("1.1")})
    return rows


ROWS_PER_ACCOUNT = {
    "users": (user_row, 4),
    "usage_events": (usage_row, 14),
    "support_tickets": (ticket_row, 7),
    "survey_responses": (survey_row, 7),
    "invoices": (invoice_row, 4),
    "success_activities": (activity_row, 9),
    "engagement_events": (engagement_row, 18),
    "csm_pulses": (pulse_row, 3),
    "churn_events": (churn_row, 2),
    "score_overrides": (override_row, 3),
}
VERSIONED = {
    "account_versions": ("accounts", ("account_name", "plan", "industry", "employee_count", "csm")),
    "subscription_versions": ("subscriptions", ("plan", "mrr", "currency", "seats", "renews_at")),
}


def is_between(name: str, row: dict, after: date, until: date) -> bool:
    """Whether an event of the row falls on a day after the one and up to the other."""
    moments = [row[column] for column in CONTRACT[name]["times"] if row[column] is not None]
    return any(after < moment.date() <= until for moment in moments)


def story_tables(shape: dict) -> dict[str, list[dict]]:
    """Clean rows of every table that is not absent, without load times."""
    day, seed = shape["day"], shape["seed"]
    tables = {"accounts": [], "subscriptions": []}
    accounts = {f"a{number:02}": kind for number, kind in enumerate(shape["kinds"])}
    for account, kind in accounts.items():
        rng = Random(f"{seed}/{account}")
        row = account_row(rng, day, account, kind)
        if shape["alike"] and row["signed_up_at"] is not None:
            row |= {"plan": "pro", "employee_count": 100, "signed_up_at": at(rng, day, 400)}
        tables["accounts"].append(row)
        tables["subscriptions"] += subscription_rows(rng, day, account, kind)
    for name, (make, most) in ROWS_PER_ACCOUNT.items():
        few = 1 + most // 4 if shape["fullness"][name] == "sparse" else most
        tables[name] = [
            make(Random(f"{seed}/{name}/{account}/{number}"), day, account, number)
            for account in accounts
            for number in range(Random(f"{seed}/{name}/{account}").randrange(few + 1))
        ]
    for name, silent_days in shape["silent"].items():
        last = day - silent_days * DAY
        tables[name] = [row for row in tables[name] if not is_between(name, row, last, day)]
    tables["accounts"][0] |= {"signed_up_at": at(Random(seed), day, 730)}
    for name, (of_table, columns) in VERSIONED.items():
        versions, key = {}, CONTRACT[name]["key"][0]
        for sample in tables[of_table]:
            rng = Random(f"{seed}/{name}/{sample[key]}")
            for other in rng.choices(tables[of_table], k=rng.choice((0, 0, 0, 1, 2, 3))):
                row = version_row(rng, day, key, other | {key: sample[key]}, columns)
                versions[row[key], row["valid_from"]] = row
        tables[name] = list(versions.values())
    rng = Random(f"{seed}/rates")
    tables["exchange_rates"] = rate_rows(rng, day)
    moment = at(rng, day, 3)
    requests = [
        {"account_id": rng.choice([*accounts][1:]), "user_id": None, "requested_at": moment},
        {"account_id": None, "user_id": f"{rng.choice([*accounts])}-u1", "requested_at": moment},
    ]
    tables["erasure_requests"] = requests[: shape["erasures"]]
    return tables

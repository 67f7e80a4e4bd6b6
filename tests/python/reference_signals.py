"""Reference of the signals of one score date: value, day up to which it was observed, state.

Written from the design and the signal definitions, never from the SQL. Each signal is one function
of a view (see reference_accounts) and an account, and returns an exact number, or None when it is
missing; own-dated signals return (number, day of the fact).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from reference_accounts import (
    base_subscriptions,
    by,
    converted,
    last,
    live_subscriptions,
    mrr_on,
    rows_of,
    subscription_mrr,
    subscription_value,
)
from reference_input import DAY, number, round6, setting

MEASURED, STALE, MISSING, NOT_APPLICABLE = "measured", "stale", "missing", "not_applicable"
LEAP_DAY = (2, 29)


def in_window(moment: datetime | None, day: date, days: int) -> bool:
    """Whether the moment falls in the days D - days + 1 to D."""
    return moment is not None and day - (days - 1) * DAY <= moment.date() <= day


def mean(numbers: list) -> Fraction | None:
    return Fraction(sum(map(Fraction, numbers)), len(numbers)) if numbers else None


def hours(elapsed: timedelta) -> Fraction:
    return Fraction(elapsed // timedelta(microseconds=1), 3600 * 10**6)


# -------------------------------------------------------------------------------------------- usage


def usage(view: dict, account: str, days: int, before: int = 0) -> list[dict]:
    """Usage events in the window of `days` that ends `before` days before D."""
    last_day = view["day"] - before * DAY
    rows = rows_of(view, "usage_events", account)
    return [row for row in rows if in_window(row["occurred_at"], last_day, days)]


def distinct(rows: list, column: str) -> set:
    return {row[column] for row in rows if row[column] is not None}


def active_days_28d(view: dict, account: str) -> int:
    return len({row["occurred_at"].date() for row in usage(view, account, 28)})


def active_weeks_12w(view: dict, account: str) -> int:
    return sum(1 for week in range(12) if usage(view, account, 7, before=7 * week))


def active_users_28d(view: dict, account: str) -> int:
    return len(distinct(usage(view, account, 28), "user_id"))


def seat_utilisation(view: dict, account: str) -> Fraction | None:
    seats = view["live"][account]["seats"]
    return Fraction(active_users_28d(view, account)) / Fraction(seats) if seats else None


def logins_28d(view: dict, account: str) -> int:
    return sum(1 for row in usage(view, account, 28) if row["event_name"] == "login")


def sessions_per_active_day_28d(view: dict, account: str) -> Fraction | None:
    sessions = distinct(usage(view, account, 28), "session_id")
    return Fraction(len(sessions), active_days_28d(view, account)) if sessions else None


def avg_session_minutes_28d(view: dict, account: str) -> Fraction | None:
    seconds = defaultdict(Fraction)
    for row in usage(view, account, 28):
        if row["session_id"] is not None and row["duration_seconds"] is not None:
            seconds[row["session_id"]] += Fraction(row["duration_seconds"])
    return mean([total / 60 for total in seconds.values()])


def features_used_28d(view: dict, account: str) -> int:
    return len(distinct(usage(view, account, 28), "feature"))


def feature_share_28d(view: dict, account: str) -> Fraction | None:
    everywhere = len(
        {
            row["feature"]
            for row in view["rows"]["usage_events"]
            if row["feature"] is not None and in_window(row["occurred_at"], view["day"], 365)
        }
    )
    return Fraction(features_used_28d(view, account), everywhere) if everywhere else None


def usage_trend(view: dict, account: str) -> Fraction | None:
    earlier = len(usage(view, account, 84, before=28))
    if view["live"][account]["account_age_days"] < 112 or not earlier:
        return None
    return Fraction(3 * len(usage(view, account, 28)), earlier)


def usage_peer_percentile(view: dict, account: str) -> Fraction | None:
    profile = view["live"][account]["profile"]
    own = len(usage(view, account, 28))
    peers = [
        len(usage(view, other, 28))
        for other, facts in view["live"].items()
        if facts["profile"] == profile and other != account
    ]
    if not peers or len(peers) < setting(view["config"], "min_peer_accounts", 10):
        return None
    fewer = sum(1 for count in peers if count < own)
    as_many = sum(1 for count in peers if count == own)
    return Fraction(100 * (2 * fewer + as_many), 2 * len(peers))


def days_since_last_use(view: dict, account: str) -> int:
    days = [row["occurred_at"].date() for row in rows_of(view, "usage_events", account)]
    return (view["day"] - max(days, default=view["live"][account]["signed_up_date"])).days


# ------------------------------------------------------------------------------------------ support


def is_open(row: dict, day: date) -> bool:
    if not by(row["opened_at"], day):
        return False
    resolved, reopened = row["resolved_at"], row["reopened_at"]
    stays_resolved = reopened is None or not by(reopened, day) or reopened < (resolved or reopened)
    return not (by(resolved, day) and stays_resolved)


def tickets(view: dict, account: str) -> list[dict]:
    return rows_of(view, "support_tickets", account)


def open_tickets(view: dict, account: str) -> int:
    return sum(1 for row in tickets(view, account) if is_open(row, view["day"]))


def opened_90d(view: dict, account: str) -> list[dict]:
    return [row for row in tickets(view, account) if in_window(row["opened_at"], view["day"], 90)]


def resolved_90d(view: dict, account: str) -> list[dict]:
    return [
        row
        for row in tickets(view, account)
        if in_window(row["resolved_at"], view["day"], 90) and not is_open(row, view["day"])
    ]


def unresolved_tickets(view: dict, account: str) -> int:
    return sum(1 for row in opened_90d(view, account) if is_open(row, view["day"]))


def tickets_opened_90d(view: dict, account: str) -> int:
    return len(opened_90d(view, account))


def resolved_tickets_90d(view: dict, account: str) -> int:
    return len(resolved_90d(view, account))


def first_response_hours_90d(view: dict, account: str) -> Fraction | None:
    return mean(
        [
            hours(row["first_responded_at"] - row["opened_at"])
            for row in tickets(view, account)
            if in_window(row["first_responded_at"], view["day"], 90)
        ]
    )


def resolution_hours_90d(view: dict, account: str) -> Fraction | None:
    rows = resolved_90d(view, account)
    return mean([hours(row["resolved_at"] - row["opened_at"]) for row in rows])


def first_contact_resolution_rate_90d(view: dict, account: str) -> Fraction | None:
    rows = [row for row in resolved_90d(view, account) if row["contact_count"] is not None]
    return mean(
        [int(row["contact_count"] == 1 and not by(row["reopened_at"], view["day"])) for row in rows]
    )


def severe_tickets_90d(view: dict, account: str) -> int:
    return sum(1 for row in opened_90d(view, account) if row["severity"] in ("high", "critical"))


def ticket_streak_days(view: dict, account: str) -> int:
    days = {row["opened_at"].date() for row in tickets(view, account)}
    end = view["day"] if view["day"] in days else view["day"] - DAY
    streak = 0
    while end - streak * DAY in days:
        streak += 1
    return streak


def critical_ticket_open_days(view: dict, account: str) -> int:
    """A reopening by D begins the waiting anew."""
    waits = [0]
    for row in tickets(view, account):
        if row["severity"] == "critical" and is_open(row, view["day"]):
            again = by(row["reopened_at"], view["day"])
            since = row["reopened_at"] if again else row["opened_at"]
            waits.append((view["day"] - since.date()).days)
    return max(waits)


def question_share_90d(view: dict, account: str) -> Fraction | None:
    types = [row["ticket_type"] for row in opened_90d(view, account)]
    return mean([int(kind == "question") for kind in types if kind is not None])


# ----------------------------------------------------------------------------------------- feedback


def answers(view: dict, account: str, survey: str, days: int | None = None) -> list[dict]:
    return [
        row
        for row in rows_of(view, "survey_responses", account)
        if row["survey_type"] == survey
        and (days is None or in_window(row["responded_at"], view["day"], days))
    ]


def latest_answer(survey: str) -> Callable:
    def signal(view: dict, account: str) -> tuple | None:
        row = last(answers(view, account, survey), "responded_at", "response_id")
        return (row["score"], row["responded_at"].date()) if row else None

    return signal


def average_answer(survey: str) -> Callable:
    def signal(view: dict, account: str) -> Fraction | None:
        return mean([row["score"] for row in answers(view, account, survey, 90)])

    return signal


def nps_score_365d(view: dict, account: str) -> Fraction | None:
    scores = [row["score"] for row in answers(view, account, "nps", 365)]
    balance = mean([int(score >= 9) - int(score <= 6) for score in scores])
    return None if balance is None else 100 * balance


def engagement(channel: str, action: str, days: int) -> Callable:
    def signal(view: dict, account: str) -> int:
        return sum(
            1
            for row in rows_of(view, "engagement_events", account)
            if (row["channel"], row["action"]) == (channel, action)
            and in_window(row["occurred_at"], view["day"], days)
        )

    return signal


# ---------------------------------------------------------------------------------------- financial


def mrr(view: dict, account: str) -> Decimal | None:
    return mrr_on(view, account, view["day"])


def mrr_change_365d(view: dict, account: str) -> Fraction | None:
    if view["live"][account]["account_age_days"] < 365:
        return None
    then, now = mrr_on(view, account, view["day"] - 365 * DAY), mrr(view, account)
    return None if now is None or not then else Fraction(now) / Fraction(then) - 1


def invoices(view: dict, account: str) -> list[dict]:
    """Invoices issued and not voided by D."""
    rows = rows_of(view, "invoices", account)
    return [row for row in rows if not by(row["voided_at"], view["day"])]


def total_spend(view: dict, account: str) -> Decimal | None:
    amounts = [
        converted(view, row["amount"], row["currency"], row["paid_at"].date())
        for row in invoices(view, account)
        if by(row["paid_at"], view["day"])
    ]
    return None if None in amounts else sum(amounts, Decimal(0))


def overdue_days(view: dict, account: str) -> list[int]:
    return [
        (view["day"] - row["due_at"].date()).days
        for row in invoices(view, account)
        if row["due_at"]
        and row["due_at"].date() < view["day"]
        and not by(row["paid_at"], view["day"])
    ]


def invoices_overdue(view: dict, account: str) -> int:
    return len(overdue_days(view, account))


def days_overdue_max(view: dict, account: str) -> int:
    return max(overdue_days(view, account), default=0)


def late_payment_rate_365d(view: dict, account: str) -> Fraction | None:
    """An invoice is late once the end of its due day has passed without payment."""
    rows = [row for row in invoices(view, account) if in_window(row["due_at"], view["day"], 365)]
    late = []
    for row in rows:
        settled = row["paid_at"].date() if by(row["paid_at"], view["day"]) else view["day"]
        late.append(int(settled > row["due_at"].date()))
    return mean(late)


def tenure_years(view: dict, account: str) -> int:
    begun = [
        row["started_at"].date()
        for row in base_subscriptions(view, account)
        if by(row["started_at"], view["day"])
    ]
    start = min(begun, default=view["live"][account]["signed_up_date"])
    years = view["day"].year - start.year
    day_of_year = (start.month, start.day)
    if day_of_year == LEAP_DAY and not is_leap(view["day"].year):
        day_of_year = (2, 28)
    return years - int((view["day"].month, view["day"].day) < day_of_year)


def is_leap(year: int) -> bool:
    return (date(year, 3, 1) - DAY).day == LEAP_DAY[1]


def plan_changes(view: dict, account: str) -> list[tuple[date, Fraction | None]]:
    """(day of the change, rise of mrr or None) of the plan changes up to D."""
    rows, changes = base_subscriptions(view, account), []
    gap = setting(view["config"], "reactivation_gap_days", 30)
    for row, following in pairwise(rows):
        if by(row["ended_at"], view["day"]) and by(following["started_at"], view["day"]):
            pause = (following["started_at"].date() - row["ended_at"].date()).days
            if 0 <= pause <= gap:
                changes.append((following["started_at"].date(), mrr_rise(view, row, following)))
    return changes


def mrr_rise(view: dict, row: dict, following: dict) -> Fraction | None:
    """Raw when the currencies are equal, else in the reporting currency at D."""
    pair = (row, following)
    reporting = view["variables"]["reporting_currency"]
    if len({subscription_value(view, one, "currency") or reporting for one in pair}) == 1:
        before, after = (subscription_value(view, one, "mrr") for one in pair)
    else:
        before, after = (subscription_mrr(view, one, view["day"]) for one in pair)
    return None if before is None or after is None else Fraction(after) - Fraction(before)


def upgrades(view: dict, account: str) -> int | None:
    rises = [rise for _, rise in plan_changes(view, account)]
    return None if None in rises else sum(1 for rise in rises if rise > 0)


def downgrades_365d(view: dict, account: str) -> int | None:
    first = view["day"] - 364 * DAY
    rises = [rise for day, rise in plan_changes(view, account) if day >= first]
    return None if None in rises else sum(1 for rise in rises if rise < 0)


def addons(view: dict, account: str) -> int:
    return sum(1 for row in live_subscriptions(view, account, view["day"]) if row["is_addon"])


def days_to_renewal(view: dict, account: str) -> int | None:
    renewal = view["live"][account]["renewal_date"]
    return (renewal - view["day"]).days if renewal else None


# ------------------------------------------------------------------- success, community, sentiment


def activities(view: dict, account: str, kind: str) -> list[dict]:
    rows = rows_of(view, "success_activities", account)
    return [row for row in rows if row["activity_type"] == kind]


def has_activity(kind: str) -> Callable:
    return lambda view, account: int(bool(activities(view, account, kind)))


def activity_count(kind: str, days: int | None = None) -> Callable:
    def signal(view: dict, account: str) -> int:
        return sum(
            1
            for row in activities(view, account, kind)
            if days is None or in_window(row["occurred_at"], view["day"], days)
        )

    return signal


def goals_open(view: dict, account: str) -> int:
    achieved = len(activities(view, account, "goal_achieved"))
    return max(0, len(activities(view, account, "goal_set")) - achieved)


def days_since_business_review(view: dict, account: str) -> int | None:
    days = [row["occurred_at"].date() for row in activities(view, account, "business_review")]
    return (view["day"] - max(days)).days if days else None


def email_open_rate_90d(view: dict, account: str) -> Fraction | None:
    sent = engagement("email", "sent", 90)(view, account)
    opened = engagement("email", "open", 90)(view, account)
    return min(Fraction(1), Fraction(opened, sent)) if sent else None


def pricing_page_streak_with_query(view: dict, account: str) -> int:
    days = {"pricing_view": set(), "query": set()}
    for row in rows_of(view, "engagement_events", account):
        is_wanted = row["channel"] == "web" and row["action"] in days
        if is_wanted and in_window(row["occurred_at"], view["day"], 28):
            days[row["action"]].add(row["occurred_at"].date())
    views = days["pricing_view"]
    thirds = [day for day in views if {day - DAY, day - 2 * DAY} <= views]
    return int(any(0 <= (asked - day).days <= 7 for day in thirds for asked in days["query"]))


def csm_pulse(view: dict, account: str) -> tuple | None:
    row = last(rows_of(view, "csm_pulses", account), "recorded_at", "pulse_id")
    return (row["pulse"], row["recorded_at"].date()) if row else None


SIGNALS: dict[str, Callable] = {
    function.__name__: function
    for function in (
        active_days_28d, active_weeks_12w, active_users_28d, seat_utilisation, logins_28d,
        sessions_per_active_day_28d, avg_session_minutes_28d, features_used_28d,
        feature_share_28d, usage_trend, usage_peer_percentile, days_since_last_use,
        open_tickets, unresolved_tickets, tickets_opened_90d, resolved_tickets_90d,
        first_response_hours_90d, resolution_hours_90d, first_contact_resolution_rate_90d,
        severe_tickets_90d, ticket_streak_days, critical_ticket_open_days, question_share_90d,
        nps_score_365d,
        mrr, mrr_change_365d, total_spend, invoices_overdue, days_overdue_max,
        late_payment_rate_365d, tenure_years, upgrades, downgrades_365d, addons, days_to_renewal,
        goals_open, days_since_business_review, email_open_rate_90d,
        pricing_page_streak_with_query, csm_pulse,
    )
} | {
    "nps_latest": latest_answer("nps"),
    "csat_latest": latest_answer("csat"),
    "csat_avg_90d": average_answer("csat"),
    "ces_avg_90d": average_answer("ces"),
    "positive_reviews_365d": engagement("review", "positive", 365),
    "negative_reviews_365d": engagement("review", "negative", 365),
    "onboarding_completed": has_activity("onboarding_completed"),
    "activation_completed": has_activity("activation_completed"),
    "training_sessions": activity_count("training_session"),
    "goals_achieved": activity_count("goal_achieved"),
    "resources_viewed_90d": activity_count("resource_viewed", 90),
    "likes_90d": engagement("community", "like", 90),
    "comments_90d": engagement("community", "comment", 90),
    "shares_90d": engagement("community", "share", 90),
    "posts_90d": engagement("community", "post", 90),
    "members_invited_90d": engagement("community", "invite", 90),
    "referrals_365d": engagement("referral", "referred", 365),
    "email_clicks_90d": engagement("email", "click", 90),
}  # fmt: skip


# ------------------------------------------------------------------------------------------- states


def needs_of(config: dict, signal: str) -> list[tuple[str, str]]:
    rows = [row for row in config["signal_inputs"] if row["signal"] == signal]
    return [(row["table_name"], row["column_name"]) for row in rows]


def is_fed(view: dict, signal: str) -> bool:
    """Whether every table and column that the signal needs is fed as of D."""
    return all(
        name in view["fed"] and column in view["prepared"]["declared"][name] | {"*"}
        for name, column in needs_of(view["config"], signal)
    )


def signal_row(view: dict, account: str, definition: dict) -> dict:
    """Value (six decimals), observed_on and state of a signal of a live account."""
    signal, day = definition["signal"], view["day"]
    if not is_fed(view, signal):
        return {"value": None, "observed_on": None, "state": NOT_APPLICABLE}
    found = SIGNALS[signal](view, account)
    if definition["freshness"] == "own":
        found, observed_on = found or (None, None)
    else:
        needed = {
            row["table_name"]
            for row in view["config"]["signal_inputs"]
            if row["signal"] == signal and row.get("sets_freshness", "1") == "1"
        }
        observed = [view["complete"][name] for name in needed if view["complete"][name]]
        observed_on = min(observed, default=None)
    value = round6(found)
    expires = number(definition, "expire_after_days")
    state = MEASURED
    if value is None:
        state = MISSING
    elif expires is not None and observed_on and (day - observed_on).days > expires:
        state = STALE
    return {"value": value, "observed_on": observed_on, "state": state}


def signals_of(view: dict) -> dict[tuple[str, str], dict]:
    """(account, signal) -> value, observed_on, state; live accounts, configured signals."""
    return {
        (account, definition["signal"]): signal_row(view, account, definition)
        for account in view["live"]
        for definition in view["config"]["signals"]
    }

"""The digest of alerts: what is due for a reader, in plain text, cut into messages.

Functions of rows of marts.health_alerts; nothing here reads a file or sends.
"""

import hashlib
import re
from dataclasses import dataclass, field

from .explain import tenth
from .terminal import number, plural

SEVERITIES = ("high", "medium", "low")
OPENED, CLOSED, BASELINE = "opened", "closed", "baseline"
CLOSINGS = {
    "recovered": "recovered",
    "churned": "the account has left",
    "withdrawn": "taken back, later facts say otherwise,",
}
WORD_JOINER = "\u2060"
# What the webhook gets as data beside the text.
PAYLOAD = (
    "alert_id", "account_id", "account_name", "csm", "rule", "title", "severity", "opened_on",
    "closed_on", "closed_because", "mrr", "days_to_renewal", "effective_score", "band",
    "reason_1", "reason_2", "reason_3", "action_plan", "score_date",
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A paragraph under a heading, and the (alert_id, event) pairs that it tells."""

    heading: str
    text: str
    covers: tuple
    rows: tuple = ()


@dataclass(frozen=True)
class Message:
    """What is sent at once: title, text, the (alert_id, event) pairs in it, and their rows."""

    title: str
    body: str
    covers: tuple
    rows: list = field(default_factory=list)

    def key(self, endpoint):
        """The idempotency key: the same alerts to the same endpoint have the same one."""
        told = "\n".join(f"{alert_id} {event}" for alert_id, event in sorted(self.covers))
        return hashlib.sha256(f"{endpoint}\n{told}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Due:
    """Rows of health_alerts by what a reader is told of them."""

    opened: list
    closed: list
    baseline: list
    held: list
    lesser: list

    def __bool__(self):
        return bool(self.opened or self.closed or self.baseline)


def due(alerts, delivered, severity):
    """What of `alerts` an endpoint that got `delivered` (alert_id, event) pairs has to hear.

    A closing is told to those who heard of the opening, and what opened and closed in
    between to nobody. What is held waits; the portfolio alert speaks for it. What is below
    `severity` is counted, and told when it has risen to it.
    """
    opened, closed, baseline, held, lesser = [], [], [], [], []
    for alert in sorted(alerts, key=rank):
        events = (OPENED, CLOSED, BASELINE)
        told = {event for event in events if (alert["alert_id"], event) in delivered}
        if alert["status"] == "closed":
            if OPENED in told and CLOSED not in told:
                closed.append(alert)
        elif told & {OPENED, BASELINE}:
            continue
        elif alert["is_baseline"]:
            baseline.append(alert)
        elif alert["is_held"]:
            held.append(alert)
        elif not is_at_least(alert, severity):
            lesser.append(alert)
        else:
            opened.append(alert)
    return Due(opened, closed, baseline, held, lesser)


def due_for_print(alerts, severity):
    """What a reader without an endpoint sees: all that is open, and what closed on the last day."""
    heard = {(alert["alert_id"], OPENED) for alert in alerts if closed_on_last_day(alert, severity)}
    return due(alerts, heard, severity)


def is_at_least(alert, severity):
    return place_of(alert) <= SEVERITIES.index(severity)


def place_of(alert):
    """0 for the gravest; a severity of somebody's own comes first, lest it be left out."""
    return SEVERITIES.index(alert["severity"]) if alert["severity"] in SEVERITIES else 0


def closed_on_last_day(alert, severity):
    return (
        alert["status"] == "closed"
        and is_at_least(alert, severity)
        and alert["closed_on"] == alert["score_date"]
        and not alert["is_baseline"]
        and not alert["is_held"]
    )


def rank(alert):
    """Portfolio alerts first, then by severity, revenue and age."""
    return (
        alert["account_id"] is not None,
        place_of(alert),
        -(alert["mrr"] or 0),
        str(alert["opened_on"]),
        alert["alert_id"],
    )


def messages(what, limit):
    """The messages that tell what is Due, each body at most `limit` characters long."""
    if not what:
        return []
    bodies = [(body, told) for body, told in packed(blocks(what), limit) if covered(told)]
    title = headline(what)
    many = len(bodies) > 1
    return [
        Message(
            f"{title} ({position} of {len(bodies)})" if many else title,
            body,
            covered(told),
            [row for block in told for row in block.rows],
        )
        for position, (body, told) in enumerate(bodies, start=1)
    ]


def covered(told):
    """The pairs that blocks tell; a note of what is held tells none, and is no message alone."""
    return tuple(pair for block in told for pair in block.covers)


def headline(what):
    """'Customer health on 2026-01-30: 3 new alerts, 1 closed'."""
    day = (what.opened + what.closed + what.baseline)[0]["score_date"]
    return f"Customer health on {day}: {counts(what)}"


def counts(what):
    told = []
    if what.opened or not what.closed:
        told.append(plural(len(what.opened), "new alert"))
    if what.closed:
        told.append(f"{len(what.closed):,} closed")
    return ", ".join(told)


def blocks(what):
    """The paragraphs in reading order."""
    groups = {}
    for alert in what.opened:
        groups.setdefault(group_of(alert), []).append(alert)
    for name, alerts in groups.items():
        for alert in alerts:
            yield Block(
                f"{name} ({len(alerts):,})",
                opened_text(alert),
                ((alert["alert_id"], OPENED),),
                (payload(alert, OPENED),),
            )
    for alert in what.closed:
        yield Block(
            f"Closed ({len(what.closed):,})",
            closed_text(alert),
            ((alert["alert_id"], CLOSED),),
            (payload(alert, CLOSED),),
        )
    if what.held:
        yield Block("Not listed", held_text(what.held), ())
    if what.lesser:
        yield Block("Not listed", lesser_text(what.lesser), ())
    if what.baseline:
        covers = tuple((alert["alert_id"], BASELINE) for alert in what.baseline)
        yield Block("Not listed", baseline_text(what.baseline), covers)


def group_of(alert):
    if alert["account_id"] is None:
        return "The whole book"
    return clean(alert["severity"] or "").capitalize() or "Other"


def opened_text(alert):
    """Who and what; how much and when; why; what to do: a line each."""
    lines = [f"- {who(alert)}: {clean(alert['title'])} (since {alert['opened_on']})"]
    if alert["account_id"] is not None:
        lines.append("  " + stakes(alert))
    reasons = [clean(alert[name]) for name in ("reason_1", "reason_2", "reason_3") if alert[name]]
    if reasons:
        lines.append("  Why: " + "; ".join(reasons))
    if alert["action_plan"]:
        lines.append("  Do: " + clean(alert["action_plan"]))
    return "\n".join(lines)


def closed_text(alert):
    because = CLOSINGS.get(alert["closed_because"], clean(alert["closed_because"] or "closed"))
    return f"- {who(alert)}: {clean(alert['title'])}; {because} on {alert['closed_on']}"


def held_text(held):
    because = sorted({clean(alert["held_because"]) for alert in held if alert["held_because"]})
    reason = f" ({'; '.join(because)})" if because else ""
    return f"- {plural(len(held), 'alert')} held back, because most accounts moved together{reason}"


def lesser_text(lesser):
    verb = "is" if len(lesser) == 1 else "are"
    return f"- {by_severity(lesser)} {verb} open and not listed; the mart health_alerts has them"


def by_severity(alerts):
    """'3 medium, 12 low'."""
    counted = {}
    for alert in alerts:
        counted[alert["severity"]] = counted.get(alert["severity"], 0) + 1
    return ", ".join(f"{count:,} {severity}" for severity, count in counted.items())


def baseline_text(baseline):
    verb = "was" if len(baseline) == 1 else "were"
    return (
        f"- {plural(len(baseline), 'alert')} ({by_severity(baseline)}) {verb} open when the "
        "watching began or the rules changed; the mart health_alerts has them"
    )


def who(alert):
    """'Acme (A-1), csm Ana'; the book for a portfolio alert."""
    if alert["account_id"] is None:
        return "Whole book"
    name, account = clean(alert["account_name"] or ""), clean(alert["account_id"])
    text = f"{name} ({account})" if name else account
    return f"{text}, csm {clean(alert['csm'])}" if alert["csm"] else f"{text}, no csm"


def stakes(alert):
    """Revenue, renewal, score and band in one line."""
    mrr, days = alert["mrr"], alert["days_to_renewal"]
    told = ["revenue unknown" if mrr is None else f"{number(round(mrr))} a month"]
    if days is not None:
        late = f"renewal {plural(-days, 'day')} overdue"
        told.append(late if days < 0 else f"renewal in {plural(days, 'day')}")
    score = alert["effective_score"]
    told.append("no score" if score is None else f"score {tenth(score)}, {clean(alert['band'])}")
    return "; ".join(told)


def clean(text):
    """Text of customers on one line, and never a call to everybody in a chat."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    line = re.sub(r"@(?=(everyone|here|channel|all)\b)", f"@{WORD_JOINER}", line, flags=re.I)
    return re.sub(r"<(?=[!@#])", "‹", line)


def payload(alert, event):
    """A row for a machine: numbers as numbers, days as ISO text."""
    row = {"event": event}
    for name in PAYLOAD:
        value = alert.get(name)
        if name in ("mrr", "effective_score") and value is not None:
            value = float(round(value, 2))
        elif value is not None and not isinstance(value, (str, int)):
            value = str(value)
        row[name] = value
    return row


def packed(paragraphs, limit):
    """[(body, blocks)]: as many blocks per body as fit; a longer one is cut."""
    bodies, lines, told, heading = [], "", [], None
    for block in paragraphs:
        fresh = f"{block.heading}\n{block.text}"
        joined = f"\n{block.text}" if block.heading == heading else f"\n\n{fresh}"
        if told and len(lines) + len(joined) > limit:
            bodies.append((lines, told))
            lines, told = "", []
        lines = lines + joined if told else cut(fresh, limit)
        told.append(block)
        heading = block.heading
    return [*bodies, (lines, told)] if told else bodies


def cut(text, limit):
    return text if len(text) <= limit else text[: max(1, limit - 1)].rstrip() + "…"

"""Deliver the digest of alerts, to each endpoint once: ./health notify.

An intent is written before each message and a receipt after it (ledger.py). Whoever dies in
between leaves an intent without a receipt; the next run sends that message again, with the
same key and marked. What certainly did not arrive is withdrawn and due again.
"""

import random
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from . import digest, endpoints
from .exits import INTERRUPTED, UNDELIVERED, USAGE, Problem
from .ledger import open_ledger
from .project import one_at_a_time, shown
from .terminal import heading, plural, progress, say

PRINT_LIMIT = 10**9


def notify(out, project, to=(), severity="medium", dry_run=False, patience=None, with_charts=False):
    """Send what is due, from `severity` up, to every endpoint; print it when none is named.

    `with_charts` sends the report's charts with the first message to each.
    Problem UNDELIVERED when an endpoint did not take it; nothing is noted as sent for it then.
    """
    alerts = read(project.published)
    if not endpoints.addresses(to):
        show(out, digest.messages(digest.due_for_print(alerts, severity), PRINT_LIMIT))
        say(
            out,
            "Printed only. Name an endpoint with --to, or several in the variable "
            f"{endpoints.VARIABLE}.",
            style="dim",
        )
        return
    folder = project.delivery
    lock = nullcontext() if dry_run else one_at_a_time(folder, "notify")
    with lock, open_ledger(folder, read_only=dry_run) as ledger:
        found = endpoints.endpoints(to, ledger)
        if dry_run:
            rehearse(out, ledger, found, alerts, severity)
        else:
            try:
                with tempfile.TemporaryDirectory(prefix="health-charts-") as charts:
                    if with_charts and is_due(ledger, found, alerts, severity):
                        found = illustrated(out, project, found, Path(charts))
                    send_all(out, ledger, found, alerts, severity, patience or endpoints.Patience())
            except KeyboardInterrupt:
                raise Problem(
                    INTERRUPTED,
                    "Interrupted. A message that was under way is sent again by the next run, "
                    "marked as a possible repeat.",
                ) from None


def read(file):
    """The rows of marts.health_alerts as dicts."""
    import duckdb

    from .explain import records

    if not file.exists():
        raise Problem(USAGE, f"Nothing is published yet ({shown(file)}). First: ./health run")
    with duckdb.connect(str(file), read_only=True) as connection:
        try:
            return records(connection, "select * from marts.health_alerts")
        except duckdb.CatalogException:
            raise Problem(
                USAGE,
                f"{shown(file)} has no alerts; an older release wrote it. First: ./health run",
            ) from None


def show(out, messages):
    for message in messages:
        heading(out, message.title)
        for line in message.body.splitlines():
            say(out, line)
    if not messages:
        say(out, "No new alerts.")


def rehearse(out, ledger, found, alerts, severity):
    """Print what would go to whom."""
    open_ones = ledger.pending()
    for endpoint in found:
        heading(out, f"To {endpoint.label}")
        for pending in open_ones:
            if pending.endpoint == endpoint.id:
                say(out, f"Again, as a possible repeat (key {pending.key}):")
                show(out, [pending.message])
        show(out, messages_for(endpoint, ledger, alerts, severity, open_ones))
    say(out, "Dry run: nothing was sent or written.", style="dim")


def messages_for(endpoint, ledger, alerts, severity, open_ones=()):
    """What is due for an endpoint, when `open_ones` count as delivered."""
    heard = ledger.delivered(endpoint.id)
    for pending in open_ones:
        if pending.endpoint == endpoint.id:
            heard |= set(pending.message.covers)
    return digest.messages(digest.due(alerts, heard, severity), endpoint.limit)


def is_due(ledger, found, alerts, severity):
    """Whether anybody is going to be sent anything."""
    waiting = {pending.endpoint for pending in ledger.pending()}
    return any(
        endpoint.id in waiting or messages_for(endpoint, ledger, alerts, severity)
        for endpoint in found
    )


def illustrated(out, project, found, folder):
    """The endpoints with the charts of the report, drawn into `folder`."""
    from .report import pictures_of

    with progress(out, "Drawing the charts"):
        pictures = tuple(pictures_of(project, folder))
    return [replace(endpoint, pictures=pictures) for endpoint in found]


def send_all(out, ledger, found, alerts, severity, patience):
    """Every endpoint in turn; one that fails does not keep the others waiting for a next run."""
    failed = []
    for endpoint in found:
        words = send_to(out, ledger, endpoint, alerts, severity, patience)
        if words:
            failed.append(f"{endpoint.label}: {words}")
    known = {endpoint.id for endpoint in found}
    for pending in ledger.pending():
        if pending.endpoint not in known:
            say(
                out,
                f"A message to {pending.label} is still without a receipt, and this run does not "
                "name that endpoint.",
                style="yellow",
            )
    if failed:
        of = plural(len(found), "endpoint")
        raise Problem(
            UNDELIVERED,
            f"{len(failed)} of {of} did not take everything; what was not taken stays due. "
            "Run this again.",
            failed,
        )


def send_to(out, ledger, endpoint, alerts, severity, patience):
    """What is open from an earlier run, then what is due; the words of a failure, or None."""
    sent = 0
    for pending in ledger.pending():
        if pending.endpoint == endpoint.id:
            words = send(out, ledger, endpoint, pending.message, pending.key, True, patience)
            if words:
                return words
            endpoint = replace(endpoint, pictures=())
            sent += 1
    for message in messages_for(endpoint, ledger, alerts, severity):
        key = message.key(endpoint.id)
        ledger.intend(key, endpoint.id, endpoint.label, message)
        words = send(out, ledger, endpoint, message, key, False, patience)
        if words:
            return words
        endpoint = replace(endpoint, pictures=())
        sent += 1
    if not sent:
        say(out, f"{endpoint.label}: nothing new.")
    return None


def send(out, ledger, endpoint, message, key, is_repeat, patience):
    """One message whose intent is written; the words of a failure, or None."""
    with progress(out, f"Sending to {endpoint.label}") as update:
        result, attempts, may_repeat = endpoints.deliver(
            endpoint, message, key, is_repeat, patience, told(out, update), random.random
        )
    if result.is_delivered:
        ledger.receipt(key, attempts, may_repeat)
        again = ", marked as a possible repeat" if may_repeat else ""
        say(out, f'{endpoint.label}: sent "{message.title}"{again}.')
        return None
    if not may_repeat:
        ledger.withdraw(key)
    return f"{result.words}, after {plural(attempts, 'attempt')}"


def told(out, update):
    """The bar of a terminal; in a log, a line for each wait."""

    def told_of(text, fraction=None):
        update(text, fraction)
        if not out.is_terminal and "again in" in text:
            say(out, f"  {text}")

    return told_of

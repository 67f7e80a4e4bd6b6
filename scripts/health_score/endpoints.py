"""Endpoints of the digest, by the library apprise: who they are, and one attempt to reach one."""

import logging
import os
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from .exits import USAGE, Problem

VARIABLE = "HEALTH_NOTIFY_URLS"
WEBHOOKS = ("json", "form", "xml")  # apprise's plain HTTP requests, which take headers
READ_SECONDS = 30  # apprise waits 4 s, and a slow endpoint would hear everything twice
REPEAT_LINE = "Possible repeat: an earlier attempt may have arrived (key {key})."
REPEAT_TITLE = "[possible repeat] "
LEAST_LIMIT = 100
GATEWAY_TIMEOUT = 504  # the one answer that does not say that it was not taken


@dataclass(frozen=True)
class Endpoint:
    """One address: `id` and `label` give away nothing secret, `plugin` is apprise's object.

    `pictures` are files that go with a message; a service that takes no files gets the text.
    """

    id: str
    label: str
    plugin: object
    pictures: tuple = ()

    @property
    def limit(self):
        """Characters of a body that surely fit into one message of this service."""
        most = self.plugin.body_maxlen - max(0, self.plugin.title_maxlen) - len(REPEAT_LINE) - 40
        if "html" in str(getattr(self.plugin.notify_format, "value", self.plugin.notify_format)):
            most = most // 2  # line ends and spaces become tags
        return max(LEAST_LIMIT, most)

    @property
    def is_webhook(self):
        return self.plugin.protocol in WEBHOOKS


@dataclass(frozen=True)
class Attempt:
    """How one attempt ended. `is_uncertain`: it may have arrived all the same."""

    is_delivered: bool
    words: str = ""
    is_uncertain: bool = False
    retry_after: float | None = None


def addresses(given):
    """[(where it stands, address)] of --to, else of the environment; none when there are none."""
    if given:
        return [(f"--to number {place}", text) for place, text in enumerate(given, start=1)]
    listed = os.environ.get(VARIABLE, "").split()
    return [(f"{VARIABLE}, entry {place}", text) for place, text in enumerate(listed, start=1)]


def endpoints(given, ledger):
    """The Endpoints of addresses, each once; Problem USAGE names one that cannot be used."""
    found = {}
    for where, text in addresses(given):
        endpoint = made(where, text, ledger)
        found.setdefault(endpoint.id, endpoint)
    return list(found.values())


def made(where, text, ledger):
    """An address, bare or as NAME=ADDRESS. http(s) that no service claims is a JSON webhook."""
    import apprise

    named = re.match(r"([A-Za-z][\w.-]*)=(?=\w+://)", text)
    address = text[named.end() :] if named else text
    plain = re.match(r"http(s?)://", address)
    asset = apprise.AppriseAsset(app_id="customer-health", async_mode=False)
    with overheard():
        plugin = apprise.Apprise.instantiate(address, asset=asset)
        if plugin is None and plain:
            address = f"json{plain[1]}://{address[plain.end() :]}"
            plugin = apprise.Apprise.instantiate(address, asset=asset)
    if plugin is None:
        schema = re.match(r"\w+://", address)
        raise Problem(
            USAGE,
            f"{where} ({schema[0] + '...' if schema else 'no schema'}) is no address that "
            "apprise understands.",
            ["Such are slack://..., msteams://..., mailto://..., json://host/path, https://..."],
        )
    if len(plugin) > 1:
        raise Problem(
            USAGE,
            f"{where} names {len(plugin)} recipients at once, so one that got the digest would "
            "get it again when another fails. Give one address for each.",
        )
    if "rto=" not in address:
        plugin.socket_read_timeout = READ_SECONDS
    service = str(plugin.service_name)
    if plugin.protocol in WEBHOOKS:
        service += f" {plugin.host}" + (f":{plugin.port}" if plugin.port else "")
    if named:
        return Endpoint(f"name:{named[1]}", named[1], plugin)
    identity = ledger.hashed(address)
    suffix = identity[:6] if ledger.is_there else "(new)"
    return Endpoint(identity, f"{service} {suffix}", plugin)


def attempt(endpoint, message, key, is_repeat):
    """Send a message once. Never raises for what the other side does."""
    import apprise

    title, body = message.title, message.body
    if is_repeat:
        title = REPEAT_TITLE + title
        body = REPEAT_LINE.format(key=key) + "\n\n" + body
    if endpoint.is_webhook:
        mark(endpoint.plugin, message, key, is_repeat)
    sender = apprise.Apprise()
    sender.add(endpoint.plugin)
    with overheard() as heard:
        delivered = sender.notify(
            body=body,
            title=title,
            body_format=apprise.NotifyFormat.TEXT,
            attach=[str(picture) for picture in endpoint.pictures] or None,
        )
    return Attempt(True) if delivered else judged(heard, endpoint)


def mark(plugin, message, key, is_repeat):
    """Key, repeat and the alerts as data, for a plain webhook."""
    plugin.headers["Idempotency-Key"] = key
    plugin.headers.pop("X-Possible-Repeat", None)
    if is_repeat:
        plugin.headers["X-Possible-Repeat"] = "1"
    if plugin.protocol == "json":
        plugin.payload_extras.update(
            idempotency_key=key, possible_repeat=is_repeat, alerts=message.rows
        )


@dataclass
class Heard:
    """What passed by while apprise, which answers yes or no, was sending."""

    last: object = None  # the last HTTP response or exception


@contextmanager
def overheard():
    """Listen to the HTTP answers that apprise gets, and keep its log off the screen."""
    import requests

    heard, send = Heard(), requests.Session.send
    logger = logging.getLogger("apprise")

    def listening(session, request, **options):
        try:
            heard.last = send(session, request, **options)
        except requests.RequestException as error:
            heard.last = error
            raise
        return heard.last

    before = logger.disabled
    logger.disabled = True  # its warnings may name the address
    requests.Session.send = listening
    try:
        yield heard
    finally:
        requests.Session.send = send
        logger.disabled = before


def judged(heard, endpoint):
    """A failed attempt in words, and whether it may have arrived."""
    import requests

    last = heard.last
    if isinstance(last, requests.Response):
        status = last.status_code
        after = seconds_of(last.headers.get("Retry-After"))
        return Attempt(False, f"it answered {status}", status == GATEWAY_TIMEOUT, after)
    if isinstance(last, requests.exceptions.ReadTimeout):
        wait = endpoint.plugin.socket_read_timeout
        return Attempt(False, f"no answer within {wait:g} s", True)
    if last is not None:
        never = ("ConnectTimeout", "NewConnectionError", "NameResolutionError", "SSLError", "Proxy")
        if any(name in repr(last) for name in never):
            return Attempt(False, "it could not be reached")
        return Attempt(False, "the connection broke before it answered", True)
    words = f"apprise's {endpoint.plugin.service_name} says only that it failed"
    return Attempt(False, words, True)


def seconds_of(retry_after):
    """Seconds that a Retry-After header asks for, as a number or a date; None without one."""
    if not retry_after:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", retry_after.strip()):
        return float(retry_after)
    try:
        then = parsedate_to_datetime(retry_after)
    except (TypeError, ValueError):
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=timezone.utc)
    return max(0.0, (then - datetime.now(timezone.utc)).total_seconds())


@dataclass(frozen=True)
class Patience:
    """How often and how long: `attempts`, first and longest wait in seconds, and the longest
    wait that an endpoint may ask for."""

    attempts: int = 5
    first: float = 1.0
    longest: float = 30.0
    asked: float = 120.0

    def wait(self, done, chance):
        """Seconds before the next attempt after `done` ones; `chance` is in 0 to 1."""
        return min(self.longest, self.first * 2 ** (done - 1)) * (0.5 + chance / 2)


def deliver(endpoint, message, key, is_repeat, patience, update, chance, sleep=time.sleep):
    """Try until it is taken; returns (the last Attempt, attempts, whether it may be a repeat).

    A repeat is what may have arrived before: in an earlier run, or in an attempt of this one
    that was never answered.
    """
    for done in range(1, patience.attempts + 1):
        update(f"attempt {done} of {patience.attempts}", (done - 1) / patience.attempts)
        result = attempt(endpoint, message, key, is_repeat)
        if result.is_delivered:
            return result, done, is_repeat
        is_repeat = is_repeat or result.is_uncertain
        wait = patience.wait(done, chance())
        if result.retry_after is not None:
            if result.retry_after > patience.asked:
                words = f"{result.words} and asks for {result.retry_after:,.0f} s of patience"
                return Attempt(False, words), done, is_repeat
            wait = max(wait, result.retry_after)
        if done < patience.attempts:
            update(f"{result.words}; again in {wait:.1f} s", done / patience.attempts)
            sleep(wait)
    return result, patience.attempts, is_repeat

"""The delivery ledger: what was meant for whom, and what arrived.

A SQLite file outside the warehouse, which is rebuilt and replaced while this is not.
Each commit is flushed to the disk before the call returns. No address is stored: an
endpoint is its name, or a slow salted hash of its address.
"""

import hashlib
import json
import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone

from .digest import Message
from .exits import BUSY, CRASH, Problem
from .project import shown

FILE = "ledger.sqlite"
FORMAT = "1"
WAIT_SECONDS = 20  # for somebody who reads the ledger at this moment
TABLES = """
create table if not exists properties (name text primary key, value text not null);
create table if not exists intents (
    key text primary key,
    endpoint text not null,
    label text not null,
    made_at text not null,
    content text  -- JSON; NULL once it has arrived
);
create table if not exists covered (
    key text not null references intents (key),
    alert_id text not null,
    event text not null check (event in ('opened', 'closed', 'baseline')),
    primary key (key, alert_id, event)
);
create table if not exists receipts (
    key text primary key references intents (key),
    delivered_at text not null,
    attempts integer not null,
    is_possible_repeat integer not null
);
"""


@dataclass(frozen=True)
class Pending:
    """A message that was meant for an endpoint and of which nobody knows whether it arrived."""

    key: str
    endpoint: str
    label: str
    message: Message


class Ledger:
    """One open ledger file, or none yet (a dry run before the first delivery)."""

    def __init__(self, connection, salt):
        self.connection = connection
        self.salt = salt

    @property
    def is_there(self):
        return self.connection is not None

    def hashed(self, address):
        """A short stable name of an address that gives away nothing of it."""
        return hashlib.scrypt(address.encode(), salt=self.salt, n=2**14, r=8, p=1, dklen=8).hex()

    def delivered(self, endpoint):
        """The (alert_id, event) pairs that an endpoint got."""
        return set(
            self.rows(
                "select alert_id, event from covered join intents using (key) "
                "join receipts using (key) where endpoint = ?",
                endpoint,
            )
        )

    def pending(self):
        """Intents without a receipt, oldest first."""
        found = self.rows(
            "select key, endpoint, label, content from intents "
            "where key not in (select key from receipts) order by made_at, key"
        )
        return [
            Pending(key, endpoint, label, message_of(content, self.covers(key)))
            for key, endpoint, label, content in found
        ]

    def covers(self, key):
        return tuple(self.rows("select alert_id, event from covered where key = ?", key))

    def intend(self, key, endpoint, label, message):
        """Note, before it is sent, that a message is meant for an endpoint."""
        content = {"title": message.title, "body": message.body, "rows": message.rows}
        with self.connection:
            self.connection.execute(
                "insert into intents values (?, ?, ?, ?, ?)",
                (key, endpoint, label, now(), json.dumps(content)),
            )
            self.connection.executemany(
                "insert into covered values (?, ?, ?)",
                [(key, alert_id, event) for alert_id, event in message.covers],
            )

    def receipt(self, key, attempts, is_possible_repeat):
        """Note that it arrived, and forget its text."""
        with self.connection:
            self.connection.execute(
                "insert into receipts values (?, ?, ?, ?)",
                (key, now(), attempts, int(is_possible_repeat)),
            )
            self.connection.execute("update intents set content = null where key = ?", (key,))

    def withdraw(self, key):
        """Forget an intent that certainly did not arrive; its alerts are due as before."""
        with self.connection:
            self.connection.execute("delete from covered where key = ?", (key,))
            self.connection.execute("delete from intents where key = ?", (key,))

    def rows(self, query, *parameters):
        if not self.is_there:
            return []
        return self.connection.execute(query, parameters).fetchall()


def message_of(content, covers):
    stored = json.loads(content)
    return Message(stored["title"], stored["body"], covers, stored["rows"])


def now():
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")


@contextmanager
def open_ledger(folder, read_only=False):
    """The Ledger of `folder`, made when it is absent; `read_only` writes nothing at all."""
    file = folder / FILE
    if read_only and not file.exists():
        yield Ledger(None, b"none yet")
        return
    if not read_only:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    address = f"{file.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    try:
        connection = sqlite3.connect(address, timeout=WAIT_SECONDS, uri=True)
        try:
            yield Ledger(connection, prepared(connection, file, read_only))
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise Problem(
                BUSY,
                f"Another program keeps {shown(file)} open. Close it there and run this again.",
            ) from None
        raise Problem(
            CRASH,
            f"The delivery ledger {shown(file)} cannot be used: {error}.",
            ["Restore it from a backup. Without it, alerts that are open are sent once more."],
        ) from None


def prepared(connection, file, read_only):
    """Make or check the tables; returns the salt."""
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma synchronous = extra")
    if not read_only:
        connection.executescript(TABLES)
        with connection:
            for name, value in (("format", FORMAT), ("salt", os.urandom(16).hex())):
                connection.execute("insert or ignore into properties values (?, ?)", (name, value))
    properties = dict(connection.execute("select name, value from properties").fetchall())
    if properties.get("format") != FORMAT:
        raise Problem(CRASH, f"{shown(file)} was written by another release of this project.")
    return bytes.fromhex(properties["salt"])

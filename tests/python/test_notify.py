"""The digest of alerts arrives once, at local webhooks that are fine, slow, busy or down."""

from __future__ import annotations

import email.policy
import fcntl
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from health_score import digest, endpoints, ledger, notify
from health_score.exits import BUSY, UNDELIVERED, USAGE, Problem
from health_score.project import Project
from published_files import alert, closed, publish, publish_alerts, whole_book
from webhooks import mail_server, webhook

ROOT = Path(__file__).parents[2]
QUICK = endpoints.Patience(attempts=3, first=0.01, longest=0.02, asked=5)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with an empty publication folder; nothing but loopback is spoken to."""
    monkeypatch.delenv(endpoints.VARIABLE, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    return Project(ROOT, tmp_path / "build", tmp_path / "serve", {})


def run(project, *to, severity="medium", dry_run=False, patience=QUICK):
    """What notify prints."""
    out = Console(width=100, force_terminal=False, highlight=False)
    with out.capture() as capture:
        notify.notify(out, project, to, severity, dry_run, patience)
    return capture.get()


def failure(project, *to, patience=QUICK):
    with pytest.raises(Problem) as caught:
        run(project, *to, patience=patience)
    return caught.value


def nobody():
    """An address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/hook"


def ledger_rows(project, query):
    with sqlite3.connect(project.delivery / "ledger.sqlite") as connection:
        return connection.execute(query).fetchall()


# --- what the digest says --------------------------------------------------


def due(rows, delivered=(), severity="low"):
    return digest.due(rows, set(delivered), severity)


def body_of(*rows, severity="low"):
    (message,) = digest.messages(due(rows, severity=severity), 10**6)
    return message.body


def test_the_digest_names_who_what_why_and_what_to_do():
    row = alert("a", reason_2="Tickets rose", mrr=Decimal("12345.6"))
    assert body_of(row) == (
        "High (1)\n"
        "- Acme a (id-a), csm Ana: The band fell (since 2026-01-30)\n"
        "  12,346 a month; renewal in 40 days; score 38.3, red\n"
        "  Why: Logins fell; Tickets rose\n"
        "  Do: Call them"
    )


def test_the_book_comes_first_then_severities_then_revenue():
    rows = [
        alert("low", severity="low"), alert("poor", mrr=Decimal(1)), alert("rich"),
        alert("unknown", mrr=None), alert("medium", severity="medium"),
        whole_book(severity="low", reason_1="Logins"),
    ]  # fmt: skip
    body = body_of(*rows)
    places = [body.index(f"Acme {name} ") for name in ("rich", "poor", "unknown", "medium", "low")]
    assert body.startswith("The whole book (1)\n- Whole book: Most of the book moved")
    assert places == sorted(places)
    assert "revenue unknown" in body


def test_unknown_and_overdue_are_said():
    row = alert("a", csm=None, effective_score=None, band="insufficient_data", days_to_renewal=-1)
    body = body_of(row)
    assert "Acme a (id-a), no csm:" in body
    assert "renewal 1 day overdue; no score" in body


def test_baseline_and_held_alerts_are_a_line_each():
    rows = [
        alert("new"), alert("b1", is_baseline=1), alert("b2", is_baseline=1, severity="low"),
        alert("h", is_held=1, held_because="Logins stopped"),
    ]  # fmt: skip
    body = body_of(*rows)
    assert "Acme b1" not in body and "Acme h" not in body
    assert "2 alerts (1 high, 1 low) were open when the watching began" in body
    assert "1 alert held back, because most accounts moved together (Logins stopped)" in body


def test_what_is_below_the_severity_is_counted_until_it_rises():
    rows = [alert("a"), alert("m", severity="medium"), alert("l", severity="low")]
    body = body_of(*rows, severity="high")
    assert "Acme a" in body and "Acme m" not in body and "Acme l" not in body
    assert "1 medium, 1 low are open and not listed" in body
    risen = [alert("a"), alert("m", severity="high"), alert("l", severity="low")]
    (message,) = digest.messages(due(risen, {("a", "opened")}, "high"), 10**6)
    assert message.covers == (("m", "opened"),)


def test_what_is_below_the_severity_alone_is_no_message(project):
    assert not due([alert("l", severity="low")], severity="medium")
    publish_alerts(project.serve, alert("l", severity="low"), closed(alert("c", severity="low")))
    assert "No new alerts" in run(project)
    assert "1 new alert, 1 closed" in run(project, severity="low")


def test_held_alerts_alone_are_no_message():
    assert not digest.messages(due([alert("h", is_held=1)]), 1000)


def test_a_note_of_what_is_held_is_no_message_of_its_own():
    rows = [alert("a"), alert("h", is_held=1, held_because="Logins stopped. " * 9)]
    (message,) = digest.messages(due(rows), 200)
    assert "Acme a" in message.body and "held" not in message.body


def test_a_closing_is_told_to_those_who_heard_the_opening():
    rows = [closed(alert("a"), "churned"), closed(alert("never told"))]
    (message,) = digest.messages(due(rows, {("a", "opened")}), 1000)
    assert message.title == "Customer health on 2026-01-30: 1 closed"
    assert message.body == (
        "Closed (1)\n- Acme a (id-a), csm Ana: The band fell; the account has left on 2026-01-30"
    )
    assert not due(rows, {("a", "opened"), ("a", "closed")})


def test_an_alert_that_was_taken_back_says_so():
    (message,) = digest.messages(due([closed(alert("a"), "withdrawn")], {("a", "opened")}), 1000)
    assert "taken back, later facts say otherwise, on 2026-01-30" in message.body


def test_no_name_calls_everybody_in_a_chat_or_breaks_a_line():
    body = body_of(alert("a", account_name="Acme\n@everyone <!here>"))
    assert "Acme @\u2060everyone ‹!here>" in body


@pytest.mark.parametrize("limit", [100, 200, 500, 5000])
def test_a_long_digest_is_cut_into_messages_that_fit_and_tell_each_alert_once(limit):
    rows = [alert(f"{place:03}") for place in range(40)]
    messages = digest.messages(due(rows), limit)
    told = [alert_id for message in messages for alert_id, _ in message.covers]
    assert sorted(told) == [row["alert_id"] for row in rows]
    assert max(len(message.body) for message in messages) <= limit
    assert len({message.key("e") for message in messages}) == len(messages)


# --- delivery --------------------------------------------------------------


def test_what_is_new_is_delivered_once_and_then_its_closing(project):
    with webhook() as hook:
        publish_alerts(project.serve, alert("a"), alert("b", is_held=1), alert("c", is_baseline=1))
        assert "1 new alert" in run(project, hook.address)
        assert "nothing new" in run(project, hook.address)
        publish_alerts(project.serve, closed(alert("a")), alert("b"), alert("c", is_baseline=1))
        run(project, hook.address)
        run(project, hook.address)
    first, second = hook.texts()
    assert "Acme a" in first and "Acme b" not in first and "Acme c" not in first
    assert "Acme b" in second and "Closed (1)\n- Acme a" in second
    assert len(set(hook.keys)) == 2 and hook.repeats == [False, False]
    sent = [(row["event"], row["alert_id"]) for row in hook.heard[1]["json"]["alerts"]]
    assert sent == [("opened", "b"), ("closed", "a")]


def test_an_endpoint_that_fails_does_not_cost_the_others_a_second_digest(project):
    publish_alerts(project.serve, alert("a"))
    with webhook() as good, webhook(500) as bad:
        problem = failure(project, bad.address, good.address)
        assert problem.code == UNDELIVERED
        assert "1 of 2 endpoints" in problem.sentence
        assert "answered 500, after 3 attempts" in problem.details[0]
        assert (len(good.heard), len(bad.heard)) == (1, 3)
        assert ledger_rows(project, "select count(*) from intents") == [(1,)]
        bad.answers = [200]
        run(project, bad.address, good.address)
    assert (len(good.heard), len(bad.heard)) == (1, 4)
    assert len(set(bad.keys)) == 1
    assert bad.repeats == [False] * 4, "an answer of 500 says that it was not taken"


def test_an_endpoint_that_is_down_leaves_nothing_marked_as_sent(project):
    publish_alerts(project.serve, alert("a"))
    address = nobody()
    problem = failure(project, address, address)
    assert (problem.code, len(problem.details)) == (UNDELIVERED, 1)
    assert "could not be reached, after 3 attempts" in problem.details[0]
    for table in ("intents", "covered", "receipts"):
        assert ledger_rows(project, f"select count(*) from {table}") == [(0,)]


def test_retry_after_is_honoured(project):
    publish_alerts(project.serve, alert("a"))
    with webhook((429, {"Retry-After": "1"}), 200) as hook:
        said = run(project, hook.address)
    assert hook.times[1] - hook.times[0] >= 1
    assert "it answered 429; again in 1.0 s" in " ".join(said.split())
    assert hook.repeats == [False, False]


def test_an_endpoint_that_asks_for_too_much_patience_is_left_for_the_next_run(project):
    publish_alerts(project.serve, alert("a"))
    with webhook((429, {"Retry-After": "7"}), 200) as hook:
        problem = failure(project, hook.address)
        assert "asks for 7 s of patience, after 1 attempt" in problem.details[0]
        run(project, hook.address)
    assert hook.repeats == [False, False]


def test_retry_after_may_be_a_date():
    assert endpoints.seconds_of("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert endpoints.seconds_of("Wed, 21 Oct 2099 07:28:00 GMT") > 1e9
    assert endpoints.seconds_of("soon") is None


def test_a_message_that_was_not_answered_is_repeated_with_its_key_and_marked(project):
    publish_alerts(project.serve, alert("a"))
    with webhook("hang up", 200) as hook:
        said = run(project, hook.address)
    assert len(set(hook.keys)) == 1
    assert hook.repeats == [False, True]
    assert hook.texts()[1].startswith("Possible repeat: an earlier attempt may have arrived (key ")
    assert hook.heard[1]["json"]["title"].startswith("[possible repeat] ")
    assert "marked as a possible repeat" in said


def test_a_slow_endpoint_is_waited_for_and_one_that_never_answers_is_not(project):
    publish_alerts(project.serve, alert("a"))

    def slow(request):
        time.sleep(0.6)
        return 200

    with webhook(slow) as hook:
        run(project, f"slow={hook.address}?rto=5")
        assert hook.repeats == [False]
        one = endpoints.Patience(attempts=1)
        problem = failure(project, f"late={hook.address}?rto=0.2", patience=one)
        assert "no answer within 0.2 s" in problem.details[0]
        hook.answers = [200]
        run(project, f"late={hook.address}?rto=5")
        run(project, f"late={hook.address}?rto=5")
    assert hook.repeats == [False, False, True]
    assert hook.keys[1] == hook.keys[2]


def test_what_is_unanswered_goes_first_and_is_not_told_again(project):
    publish_alerts(project.serve, alert("a"))
    with webhook("hang up") as hook:
        failure(project, hook.address)
        publish_alerts(project.serve, alert("a"), alert("b"))
        hook.answers = [200]
        hook.heard.clear()
        run(project, hook.address)
    first, second = hook.texts()
    assert "Acme a" in first and "Acme b" not in first
    assert "Acme b" in second and "Acme a" not in second
    assert hook.repeats == [True, False]


def test_a_letter_tells_the_same_and_comes_once(project):
    publish_alerts(project.serve, alert("a", account_name="<b>Acme</b> & Söhne"))
    with mail_server() as (port, letters):
        address = f"mailto://127.0.0.1:{port}?mode=insecure&from=h@example.com&to=t@example.com"
        run(project, address)
        run(project, address)
    (letter,) = letters
    content = email.message_from_string(letter, policy=email.policy.default)
    assert content["subject"] == "Customer health on 2026-01-30: 1 new alert"
    text = content.get_body().get_content()
    assert "<b>Acme</b> & Söhne (id-a), csm Ana" in text and "Do: Call them" in text


def test_a_mail_server_that_is_down_leaves_nothing_marked_as_sent(project):
    publish_alerts(project.serve, alert("a"))
    port = nobody().split(":")[2].split("/")[0]
    address = f"mailto://127.0.0.1:{port}?mode=insecure&from=h@example.com&to=t@example.com"
    once = endpoints.Patience(attempts=1)
    assert failure(project, address, patience=once).code == UNDELIVERED
    assert ledger_rows(project, "select count(*) from receipts") == [(0,)]


def test_waits_grow_to_a_cap_and_differ():
    patience = endpoints.Patience(first=1, longest=30)
    assert [patience.wait(done, 1) for done in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]
    assert patience.wait(1, 0) == 0.5


def killed_by_webhook(project, address, hook):
    """Run ./health notify in a process that the webhook kills when it has heard everything."""
    environment = {
        **os.environ, "HEALTH_SERVE_DIR": str(project.serve), "PYTHONPATH": str(ROOT / "scripts"),
        "HEALTH_NOTIFY_URLS": address, "NO_PROXY": "*",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "health_score.cli", "notify", "--attempts", "1"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )

    def kill(request):
        process.send_signal(signal.SIGKILL)
        process.wait()
        return "hang up"

    hook.answers = [kill]
    process.communicate(timeout=60)
    return process.returncode


def test_a_run_killed_between_send_and_receipt_is_resent_once_with_the_same_key(project):
    publish_alerts(project.serve, alert("a"))
    with webhook() as hook:
        assert killed_by_webhook(project, hook.address, hook) == -signal.SIGKILL
        assert len(hook.heard) == 1
        hook.answers = [200]
        for _ in range(3):
            run(project, hook.address)
    assert len(hook.heard) == 2
    assert hook.keys[0] == hook.keys[1]
    assert hook.repeats == [False, True]
    assert hook.heard[1]["json"]["possible_repeat"] is True
    assert hook.texts()[1].endswith(hook.texts()[0])


def test_a_run_killed_at_its_second_message_repeats_only_that(project, monkeypatch):
    monkeypatch.setattr(endpoints.Endpoint, "limit", 300)
    publish_alerts(project.serve, *(alert(name) for name in "abc"))
    real, calls = endpoints.attempt, []

    def dying(*arguments):
        result = real(*arguments)
        calls.append(result)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return result

    with webhook() as hook:
        monkeypatch.setattr(endpoints, "attempt", dying)
        assert "sent again by the next run" in failure(project, hook.address).sentence
        monkeypatch.setattr(endpoints, "attempt", real)
        run(project, hook.address)
        run(project, hook.address)
    told = [[row["alert_id"] for row in request["json"]["alerts"]] for request in hook.heard]
    assert told == [["a"], ["b"], ["b"], ["c"]]
    assert hook.repeats == [False, False, True, False]


# --- who and how -----------------------------------------------------------


def test_a_dry_run_sends_and_writes_nothing(project):
    publish_alerts(project.serve, alert("a"))
    with webhook() as hook:
        said = run(project, hook.address, dry_run=True)
        assert "To JSON 127.0.0.1:" in said and "Acme a" in said
        assert not hook.heard and not project.delivery.exists()
        run(project, hook.address)
        before = (project.delivery / "ledger.sqlite").read_bytes()
        assert "No new alerts." in run(project, hook.address, dry_run=True)
    assert (project.delivery / "ledger.sqlite").read_bytes() == before
    assert len(hook.heard) == 1


def test_without_an_endpoint_the_digest_is_printed(project):
    publish_alerts(project.serve, alert("a"), closed(alert("b")), alert("c", is_baseline=1))
    said = run(project)
    assert "Acme a" in said and "Closed (1)" in said and "Printed only." in said
    assert not project.delivery.exists()


def test_endpoints_come_from_the_environment_and_each_counts_once(project, monkeypatch):
    publish_alerts(project.serve, alert("a"))
    with webhook() as hook, webhook() as other:
        addresses = f"{hook.address} {other.address} {hook.address}"
        monkeypatch.setenv(endpoints.VARIABLE, addresses)
        run(project)
    assert (len(hook.heard), len(other.heard)) == (1, 1)


def test_the_ledger_and_the_screen_keep_no_secret(project):
    publish_alerts(project.serve, alert("a"))
    with webhook("hang up") as hook:
        address = hook.address.replace("http://", "json://ann:s3cret@") + "/t0ken?+X-Auth=hush"
        problem = failure(project, address)
    stored = (project.delivery / "ledger.sqlite").read_bytes()
    shown = " ".join([problem.sentence, *problem.details])
    for secret in ("s3cret", "t0ken", "hush"):
        assert secret.encode() not in stored
        assert secret not in shown
    assert (project.delivery / "ledger.sqlite").stat().st_mode & 0o077 == 0


def test_the_text_is_forgotten_when_it_has_arrived(project):
    publish_alerts(project.serve, alert("a"))
    with webhook() as hook:
        run(project, hook.address)
    assert ledger_rows(project, "select content from intents") == [(None,)]


def test_a_named_endpoint_stays_the_same_when_its_secret_changes(project):
    publish_alerts(project.serve, alert("a"))
    with webhook() as hook:
        run(project, f"team={hook.address}?+X-Auth=old")
        assert "team: nothing new." in run(project, f"team={hook.address}?+X-Auth=new")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "--to number 1 (no schema) is no address"),
        ("bogus://hush", "--to number 1 (bogus://...) is no address"),
        ("mailto://ann:hush@example.com?to=a@example.com,b@example.com", "names 2 recipients"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_before_anything_is_sent(project, address, words):
    publish_alerts(project.serve, alert("a"))
    problem = failure(project, address)
    assert problem.code == USAGE
    assert words in problem.sentence and "hush" not in problem.sentence


def test_a_second_run_at_the_same_time_is_refused(project):
    publish_alerts(project.serve, alert("a"))
    project.delivery.mkdir()
    with (project.delivery / "lock").open("w") as lock, webhook() as hook:
        fcntl.flock(lock, fcntl.LOCK_EX)
        problem = failure(project, hook.address)
    assert problem.code == BUSY and "Another ./health notify is at work" in problem.sentence
    assert not hook.heard


def test_nothing_published_and_no_alerts_are_told(project):
    assert "Nothing is published yet" in failure(project).sentence
    publish(project.serve, {"publication": ({"version": "varchar"}, [])})
    assert "has no alerts" in failure(project).sentence


def test_a_broken_ledger_stops_before_anything_is_sent(project):
    publish_alerts(project.serve, alert("a"))
    project.delivery.mkdir()
    (project.delivery / "ledger.sqlite").write_bytes(b"no database at all, " * 100)
    with webhook() as hook:
        assert "cannot be used" in failure(project, hook.address).sentence
    assert not hook.heard


def test_a_ledger_that_is_open_elsewhere_is_told(project, monkeypatch):
    publish_alerts(project.serve, alert("a"))
    monkeypatch.setattr(ledger, "WAIT_SECONDS", 0.1)
    with webhook() as hook:
        failure(project, nobody())
        with sqlite3.connect(project.delivery / "ledger.sqlite") as other:
            other.execute("begin exclusive")
            problem = failure(project, hook.address)
    assert problem.code == BUSY and "keeps" in problem.sentence
    assert not hook.heard


def test_a_service_with_a_small_limit_gets_small_messages():
    plugin = SimpleNamespace(body_maxlen=160, title_maxlen=0, notify_format="text")
    assert endpoints.Endpoint("e", "sms", plugin).limit == endpoints.LEAST_LIMIT

"""Alarms through Airflow's notifiers: a loopback mail server and webhook receive each of them once."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from tests.alarms.desk import Desk
from tests.conftest import free_port
from wirewatch.alarms.checks import When
from wirewatch.alarms.sending import NotSent, SendReport, send_alarms
from wirewatch.alarms.watching import check_data
from wirewatch.errors import ConfigurationError

WORDS = "{{ 7 * 7 }} <script>alert(1)</script> & 台湾"


class Inbox:
    """Mails that a loopback SMTP server got."""

    def __init__(self) -> None:
        self.mails: list = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def inbox(monkeypatch) -> Iterator[Inbox]:
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    monkeypatch.setenv("AIRFLOW_CONN_WIREWATCH_SMTP", smtp(server.port))
    yield inbox
    server.stop()


def smtp(port: int, **extra: str) -> str:
    addresses = extra or {"to": "desk@example.org, chief@example.org", "from_email": "wirewatch@example.org"}
    plain = {"disable_ssl": True, "disable_tls": True, "retry_limit": 1}
    return json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": {**plain, **addresses}})


class Hook:
    """What a loopback webhook got; `status` is what it answers."""

    def __init__(self) -> None:
        self.bodies: list = []
        self.status = 200


@pytest.fixture
def hook() -> Iterator[tuple[Hook, int]]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(hook.status)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield hook, server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def webhook(hook, monkeypatch) -> Hook:
    received, port = hook
    monkeypatch.setenv("AIRFLOW_CONN_WIREWATCH_WEBHOOK", f"http://127.0.0.1:{port}")
    return received


@pytest.fixture
def slack(hook, monkeypatch) -> Hook:
    received, port = hook
    address = {"conn_type": "slackwebhook", "host": f"http://127.0.0.1:{port}", "password": "/T0/B0/X"}
    monkeypatch.setenv("AIRFLOW_CONN_WIREWATCH_SLACK", json.dumps(address))
    return received


@pytest.fixture
def channels(dag_bag, monkeypatch):
    """The function of dags/channels.py, read afresh."""
    sys.modules.pop("channels", None)
    from channels import channels

    return channels


@pytest.fixture
def now() -> datetime:
    # The rounds of a test stay within a day, which is the database's day in UTC.
    return datetime.now(UTC).replace(hour=9)


@pytest.fixture
def check(warehouse, settings):
    def run(now: datetime) -> None:
        check_data(warehouse, settings, When.CYCLE, now=now)

    return run


@pytest.fixture
def silent_feed(cursor, now) -> str:
    desk = Desk(cursor, now)
    error = {"failures": 5, "last_success_at": None, "last_error": WORDS}
    return f"https://desk.test/feed/{desk.feed(health='gone', **error)}"


def test_without_a_connection_nobody_is_told_and_that_is_said(channels, caplog):
    with caplog.at_level("INFO"):
        assert channels() == []
    assert "wirewatch_smtp" in caplog.text


def test_mail_and_webhook_get_an_alarm_once_a_day(channels, check, inbox, webhook, silent_feed, warehouse, now, cursor):
    check(now)
    assert send_alarms(warehouse, channels(), now=now) == SendReport(channels=2, messages=2, alarms=2)
    for minutes in (10, 20, 300):
        check(now + timedelta(minutes=minutes))
        assert send_alarms(warehouse, channels(), now=now + timedelta(minutes=minutes)).messages == 0
    ((to, mail),) = inbox.mails
    assert to == ["desk@example.org", "chief@example.org"]
    assert mail["Subject"] == f"Wirewatch: 1 alarm, 0 critical: failing_feeds, {silent_feed}"
    html = mail.get_body(("html",)).get_content()
    assert "{{ 7 * 7 }} &lt;script&gt;alert(1)&lt;/script&gt; &amp; 台湾" in html
    (body,) = webhook.bodies
    assert body["alarms"][0]["subject"] == silent_feed
    assert WORDS in body["alarms"][0]["finding"]
    cursor.execute("select channel, sent_at from ingest.alarm_message order by channel")
    assert cursor.fetchall() == [("smtp", now), ("webhook", now)]


def test_slack_gets_its_own_escapes(channels, check, slack, silent_feed, warehouse, now):
    check(now)
    assert send_alarms(warehouse, channels(), now=now).messages == 1
    (body,) = slack.bodies
    assert "{{ 7 * 7 }} &lt;script&gt;alert(1)&lt;/script&gt; &amp; 台湾" in body["text"]


def test_a_channel_that_refuses_is_tried_again_and_the_other_is_not(
    channels, check, inbox, webhook, silent_feed, warehouse, now
):
    webhook.status = 500
    check(now)
    with pytest.raises(NotSent, match="webhook did not take the message about 1 alarms"):
        send_alarms(warehouse, channels(), now=now)
    webhook.status = 200
    later = now + timedelta(minutes=10)
    assert send_alarms(warehouse, channels(), now=later) == SendReport(channels=2, messages=1, alarms=1)
    assert len(inbox.mails) == 1


def test_a_mail_connection_without_addresses_is_explained(channels, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_WIREWATCH_SMTP", smtp(25, to=""))
    with pytest.raises(ConfigurationError, match="from_email"):
        channels()

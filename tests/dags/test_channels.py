"""Alarms through Airflow's notifiers: a loopback mail server and webhook receive each of them once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.alarms.desk import Desk
from tests.dags.conftest import smtp
from wirewatch.alarms.checks import When
from wirewatch.alarms.sending import NotSent, SendReport, send_alarms
from wirewatch.alarms.watching import check_data
from wirewatch.errors import ConfigurationError

WORDS = "{{ 7 * 7 }} <script>alert(1)</script> & 台湾"


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

"""Messages without Airflow: the same connections, read from their variables."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.dags.conftest import Inbox, hook, inbox, smtp  # noqa: F401 - fixtures
from wirewatch.alarms.digest import Alarm, Digest
from wirewatch.alarms.outside import PREFIX, Address, channels
from wirewatch.errors import ConfigurationError

NOW = datetime(2026, 11, 29, tzinfo=UTC)
DIGEST = Digest((Alarm(0, "watch", "scheduler", "critical", "m", "it <hangs>", "fix", NOW, NOW),))


def test_nobody_is_told_without_a_variable():
    assert channels({}) == []


@pytest.mark.parametrize(
    "form", ["http://127.0.0.1:{}/a/b", '{{"conn_type": "http", "host": "127.0.0.1", "port": {}}}']
)
def test_a_webhook_gets_the_message(hook, form):  # noqa: F811
    received, port = hook
    (channel,) = channels({PREFIX + "WEBHOOK": form.format(port)})
    channel.send(DIGEST)
    assert received.bodies[0]["alarms"][0]["finding"] == "it <hangs>"
    received.status = 500
    with pytest.raises(OSError, match="500"):
        channel.send(DIGEST)


def test_slack_gets_its_escapes(hook):  # noqa: F811
    received, port = hook
    address = {"conn_type": "slackwebhook", "host": f"http://127.0.0.1:{port}", "password": "/T0/B0/X"}
    (channel,) = channels({PREFIX + "SLACK": json.dumps(address)})
    channel.send(DIGEST)
    assert "it &lt;hangs&gt;" in received.bodies[0]["text"]


def test_mail_is_sent(inbox):  # noqa: F811
    import os

    (channel,) = channels({PREFIX + "SMTP": os.environ[PREFIX + "SMTP"]})
    channel.send(DIGEST)
    ((to, mail),) = inbox.mails
    assert to == ["desk@example.org", "chief@example.org"]
    assert "it <hangs>" in mail.get_content()


def test_an_address_keeps_its_path():
    """Airflow splits it so; its own notifier then asks for hook://example.org."""
    assert Address("https", host="example.org", schema="hook").url == "https://example.org/hook"
    assert Address("http", host="127.0.0.1", port=80).url == "http://127.0.0.1:80/"
    assert Address("http", host="example.org", schema="https").url == "https://example.org/"


@pytest.mark.parametrize(("name", "value"), [("WEBHOOK", "{broken"), ("SMTP", smtp(25, to="")), ("SLACK", "{}")])
def test_a_variable_that_cannot_be_read_is_named(name, value):
    with pytest.raises(ConfigurationError, match=PREFIX + name):
        channels({PREFIX + name: value})

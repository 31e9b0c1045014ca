"""The ways to tell people about alarms and watches: Airflow's notifiers, for the Airflow connections that exist.

    wirewatch_smtp      a mail server; its extra has "to" (addresses, comma-separated) and "from_email"
    wirewatch_slack     a Slack incoming webhook
    wirewatch_webhook   an address that takes a POST of JSON; not by Airflow's notifier, which loses the address's path

Notifiers are called by `notify`, which renders no template: what alarms say comes from the web.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator

from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier
from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from wirewatch.alarms import outside
from wirewatch.alarms.digest import Message
from wirewatch.alarms.sending import Channel
from wirewatch.errors import ConfigurationError

log = logging.getLogger("wirewatch")


def channels() -> list[Channel]:
    """The channels whose connection exists; none is fine, and said.

    Raises ConfigurationError for a mail connection without addresses.
    """
    found = list(_channels())
    if not found:
        log.info(
            "alarms and watches are told to nobody: none of the Airflow connections wirewatch_smtp, wirewatch_slack "
            "and wirewatch_webhook exists; see docs/operations.md"
        )
    return found


def _channels() -> Iterator[Channel]:
    mail = _connection("wirewatch_smtp")
    if mail is not None:
        yield Channel("smtp", _mail_sender(mail))
    if _connection("wirewatch_slack") is not None:
        yield Channel("slack", _to_slack)
    hook = _connection("wirewatch_webhook")
    if hook is not None:
        yield Channel("webhook", functools.partial(outside.to_webhook, _address(hook)))


def _connection(name: str) -> Connection | None:
    try:
        return BaseHook.get_connection(name)
    except AirflowNotFoundException:
        return None


def _mail_sender(connection: Connection) -> Callable[[Message], None]:
    extra = connection.extra_dejson
    addresses = [address.strip() for address in extra.get("to", "").split(",") if address.strip()]
    if not addresses or not extra.get("from_email"):
        raise ConfigurationError(
            'the Airflow connection wirewatch_smtp: its extra needs "to" and "from_email", '
            'as {"to": "desk@example.org", "from_email": "wirewatch@example.org"}'
        )

    def send(digest: Message) -> None:
        SmtpNotifier(
            smtp_conn_id="wirewatch_smtp",
            to=addresses,
            from_email=extra["from_email"],
            subject=digest.subject,
            html_content=digest.html,
        ).notify({})

    return send


def _to_slack(digest: Message) -> None:
    SlackWebhookNotifier(slack_webhook_conn_id="wirewatch_slack", text=digest.slack, unfurl_links=False).notify({})  # type: ignore[no-untyped-call]


def _address(connection: Connection) -> outside.Address:
    return outside.Address(
        connection.conn_type or "", host=connection.host or "", port=connection.port, schema=connection.schema or ""
    )

"""Ways to tell people that need no Airflow, for the watch that looks after it: the same connections, from variables.

    AIRFLOW_CONN_WIREWATCH_WEBHOOK   an address, or JSON: gets a POST of JSON
    AIRFLOW_CONN_WIREWATCH_SLACK     JSON: a Slack incoming webhook
    AIRFLOW_CONN_WIREWATCH_SMTP      JSON: a mail server, with "to" and "from_email" in its extra

Connections that were made in the Airflow UI are in Airflow's database: they are out of reach when that is down.
"""

from __future__ import annotations

import functools
import json
import smtplib
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from wirewatch.alarms.digest import Message
from wirewatch.alarms.sending import Channel
from wirewatch.errors import ConfigurationError

PREFIX = "AIRFLOW_CONN_WIREWATCH_"
_TIMEOUT_S = 10
_SLACK = "https://hooks.slack.com/services"


@dataclass(frozen=True, slots=True)
class Address:
    """An Airflow connection, as far as a message needs it."""

    kind: str
    host: str = ""
    port: int | None = None
    login: str | None = None
    password: str | None = None
    schema: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The http or https address: Airflow splits `https://host/path` into kind, host and schema."""
        if "://" in self.host:
            return self.host
        secure = "https" in (self.kind, self.schema)
        path = "" if self.schema in ("http", "https") else self.schema
        port = f":{self.port}" if self.port else ""
        return f"http{'s' if secure else ''}://{self.host}{port}/{path.lstrip('/')}"


def channels(environment: Mapping[str, str]) -> list[Channel]:
    """The channels of these variables.

    Raises ConfigurationError, which names the variable, for one that can't be read.
    """
    found = []
    for name, sender in _SENDERS.items():
        value = environment.get(PREFIX + name.upper())
        if value:
            found.append(Channel(name, functools.partial(sender, _address(PREFIX + name.upper(), value))))
    return found


def post_json(url: str, body: object) -> None:
    """POSTs `body` as JSON. Raises OSError when it was not taken."""
    data = json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "wirewatch"}
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(f"not an http:// or https:// address: {url.partition(':')[0]}:…")
    request = urllib.request.Request(url, data=data, headers=headers, method="POST")  # noqa: S310 # nosec B310
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310 # nosec B310
        return


def to_webhook(address: Address, digest: Message) -> None:
    """Sends a digest to a webhook. Raises OSError when it was not taken."""
    post_json(address.url, digest.json)


def _to_slack(address: Address, digest: Message) -> None:
    token = address.password or ""
    base = address.url if address.host else _SLACK
    post_json(token if "://" in token else f"{base.rstrip('/')}/{token.lstrip('/')}", {"text": digest.slack})


def _to_mail(address: Address, digest: Message) -> None:
    message = EmailMessage()
    message["Subject"] = digest.subject
    message["From"] = address.extra.get("from_email", "")
    message["To"] = address.extra.get("to", "")
    message.set_content(digest.text)
    plain = address.extra.get("disable_ssl")
    connect = smtplib.SMTP if plain else smtplib.SMTP_SSL
    with connect(address.host, address.port or (25 if plain else 465), timeout=_TIMEOUT_S) as server:
        if plain and not address.extra.get("disable_tls"):
            server.starttls()
        if address.login and address.password:
            server.login(address.login, address.password)
        server.send_message(message)


_SENDERS = {"smtp": _to_mail, "slack": _to_slack, "webhook": to_webhook}


def _address(variable: str, value: str) -> Address:
    try:
        found = _from_json(value) if value.lstrip().startswith("{") else _from_uri(value)
    except (ValueError, TypeError, AttributeError):
        found = Address("")
    if not (found.host or found.password):
        raise ConfigurationError(
            f"{variable} is neither an address nor the JSON of a connection; see docs/operations.md"
        )
    if variable.endswith("SMTP") and not (found.extra.get("to") and found.extra.get("from_email")):
        raise ConfigurationError(f'{variable}: its extra needs "to" and "from_email"')
    return found


def _from_json(value: str) -> Address:
    given = json.loads(value)
    extra = given.get("extra") or {}
    return Address(
        kind=given.get("conn_type", ""),
        host=given.get("host") or "",
        port=int(given["port"]) if given.get("port") else None,
        login=given.get("login"),
        password=given.get("password"),
        schema=given.get("schema") or "",
        extra=json.loads(extra) if isinstance(extra, str) else extra,
    )


def _from_uri(value: str) -> Address:
    parts = urllib.parse.urlsplit(value)
    extra = dict(urllib.parse.parse_qsl(parts.query))
    if parts.scheme in ("http", "https"):
        return Address(parts.scheme, value)
    return Address(
        kind=parts.scheme,
        host=urllib.parse.unquote(parts.hostname or ""),
        port=parts.port,
        login=urllib.parse.unquote(parts.username) if parts.username else None,
        password=urllib.parse.unquote(parts.password) if parts.password else None,
        schema=parts.path.lstrip("/"),
        extra=json.loads(extra["__extra__"]) if "__extra__" in extra else extra,
    )

"""The words of a message: one digest for all alarms of a round (pure)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from html import escape
from typing import Any, Protocol

from wirewatch.alarms.checks import Severity


@dataclass(frozen=True, slots=True)
class Alarm:
    """An open alarm."""

    alarm_id: int
    check_name: str
    subject: str
    severity: str
    meaning: str
    finding: str
    fix: str
    opened_at: datetime
    last_seen_at: datetime
    link: str = ""
    """The run in the Airflow UI: the one that it is about, else the one that found it; empty where none is known."""


class Message(Protocol):
    """What a channel sends: about alarms, or what a watch found."""

    @property
    def subject(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def html(self) -> str: ...

    @property
    def slack(self) -> str: ...

    @property
    def json(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Digest:
    """One message about one or more alarms, in the forms that channels need.

    What alarms say comes from feeds and servers: it is never a template, and is escaped where markup means something.
    """

    alarms: tuple[Alarm, ...]

    @property
    def subject(self) -> str:
        """One line."""
        critical = sum(alarm.severity == Severity.CRITICAL for alarm in self.alarms)
        first = self.alarms[0]
        count = f"{len(self.alarms)} alarm{'s' if len(self.alarms) > 1 else ''}"
        return " ".join(f"Wirewatch: {count}, {critical} critical: {first.check_name}, {first.subject}".split())[:200]

    @property
    def text(self) -> str:
        """Plain text."""
        return "\n\n".join(
            f"{alarm.severity.upper()} {alarm.check_name}: {alarm.subject}\n{alarm.finding}\n"
            f"since {alarm.opened_at:%Y-%m-%d %H:%M} UTC\nTo fix it: {alarm.fix}"
            + (f"\nThe run in Airflow: {alarm.link}" if alarm.link else "")
            for alarm in self.alarms
        )

    @property
    def html(self) -> str:
        """The same as HTML."""
        return f"<pre>{escape(self.text)}</pre>"

    @property
    def slack(self) -> str:
        """The same in Slack's markup, where three signs mean something."""
        return self.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    @property
    def json(self) -> dict[str, Any]:
        """The same for a machine."""
        return {
            "subject": self.subject,
            "alarms": [
                {
                    name: value.isoformat() if isinstance(value, datetime) else value
                    for name, value in asdict(alarm).items()
                }
                for alarm in self.alarms
            ],
        }

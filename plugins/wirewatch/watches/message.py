"""The words of a message about a watch, in the forms that channels need (pure).

Headlines come from the web: they are never a template, and are escaped where markup means something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

_LISTED = 50
"""Items that a message lists; it says how many more there are."""


@dataclass(frozen=True, slots=True)
class WatchItem:
    """A story, an event or a burst."""

    subject: str
    title: str
    outlet: str | None
    url: str | None
    reported_at: datetime
    story_id: int | None = None
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class WatchMessage:
    """One message about the new items of a watch."""

    message_id: int
    """The same when it is sent again: a receiver that has it already drops it."""
    name: str
    per: str
    items: Sequence[WatchItem]
    """At least one."""

    @property
    def subject(self) -> str:
        """One line."""
        count = _counted(len(self.items), self.per)
        return " ".join(f"Wirewatch: {self.name}: {count}: {self.items[0].title}".split())[:200]

    @property
    def text(self) -> str:
        """Plain text."""
        return "\n\n".join([*(_line(item) for item in self.items[:_LISTED]), *self._rest()])

    @property
    def html(self) -> str:
        """The same as HTML."""
        lines = "".join(f"<li>{_link(item)}<br>{escape(_source(item))}</li>" for item in self.items[:_LISTED])
        rest = "".join(f"<p>{escape(line)}</p>" for line in self._rest())
        return f"<h1>{escape(self.name)}</h1><ul>{lines}</ul>{rest}"

    @property
    def slack(self) -> str:
        """The same in Slack's markup, where three signs mean something."""
        return self.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    @property
    def json(self) -> dict[str, Any]:
        """The same for a machine."""
        return {
            "id": f"wirewatch-watch-{self.message_id}",
            "subject": self.subject,
            "watch": self.name,
            "items": [
                {
                    "subject": item.subject,
                    "title": item.title,
                    "outlet": item.outlet,
                    "url": item.url,
                    "reported_at": item.reported_at.isoformat(),
                    "story_id": item.story_id,
                    "event_id": item.event_id,
                }
                for item in self.items
            ],
        }

    def _rest(self) -> list[str]:
        more = len(self.items) - _LISTED
        return [f"and {more} more: see the page of the watch in the Newsroom"] if more > 0 else []


def _counted(n: int, per: str) -> str:
    plural = {"story": "stories", "event": "events", "burst": "bursts"}
    return f"{n} {per if n == 1 else plural[per]}"


def _line(item: WatchItem) -> str:
    return "\n".join(part for part in (item.title or "(no headline)", _source(item), item.url) if part)


def _source(item: WatchItem) -> str:
    return f"{f'{item.outlet}, ' if item.outlet else ''}{item.reported_at:%Y-%m-%d %H:%M} UTC"


def _link(item: WatchItem) -> str:
    title = escape(item.title or "(no headline)")
    try:
        is_web = item.url is not None and urlsplit(item.url).scheme in ("http", "https")
    except ValueError:
        is_web = False
    return f'<a href="{escape(item.url or "")}">{title}</a>' if is_web else title

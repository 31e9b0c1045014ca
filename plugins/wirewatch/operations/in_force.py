"""What of the files that people edit is in force, since when, and what waits to come into force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wirewatch.errors import FileProblems
from wirewatch.feeds.registry import load_registry
from wirewatch.settings import Settings
from wirewatch.topics.rules import load_topics
from wirewatch.warehouse import Transaction

FEEDS = "feeds"
"""Name of the registry among the things in force; topics have theirs."""


@dataclass(frozen=True, slots=True)
class InForce:
    """One file that people edit, beside what is in force of it."""

    name: str
    since: datetime | None
    """Since when its last good version has been in force; None when none ever was."""
    broken: str = ""
    """What is wrong with the file; empty when nothing is."""
    edited_at: datetime | None = None
    """When the file was changed, where another version is in force."""

    @property
    def trouble(self) -> str:
        """Why people must do something; empty when they need not."""
        if not self.broken:
            return ""
        since = (
            f"what has been in force since {self.since:%Y-%m-%d %H:%M} UTC stays so"
            if self.since
            else "none is in force"
        )
        return f"{self.name} is broken, {since}: {self.broken}"

    @property
    def pending(self) -> str:
        """What comes into force by itself; empty when nothing does."""
        if self.edited_at is None:
            return ""
        return (
            f"{self.name} was changed at {self.edited_at:%H:%M} UTC; poll_feeds brings it into force within 6 minutes"
        )


def read_in_force(rows: Transaction, settings: Settings) -> list[InForce]:
    """The registry and every topic; `rows` is a transaction that may read them."""
    known = {row.name: row for row in rows.status_in_force()}
    return [*_registry(known, settings), *_topics(known, settings)]


def _registry(known: Mapping[str, Any], settings: Settings) -> Iterator[InForce]:
    row = known.get(FEEDS)
    since = getattr(row, "since", None)
    try:
        digest = load_registry(settings.feeds).digest
    except FileProblems as problems:
        yield InForce(settings.feeds.name, since, broken=str(problems))
        return
    changed = getattr(row, "version", None) != digest
    yield InForce(settings.feeds.name, since, edited_at=_edited(settings.feeds) if changed else None)


def _topics(known: Mapping[str, Any], settings: Settings) -> Iterator[InForce]:
    since = max((row.since for name, row in known.items() if name != FEEDS), default=None)
    try:
        topics = load_topics(settings.topics)
    except FileProblems as problems:
        yield InForce("a topic file", since, broken=str(problems))
        return
    for topic in topics:
        row = known.get(topic.name)
        file = settings.topics / f"{topic.name}.yaml"
        changed = getattr(row, "version", None) != topic.version
        yield InForce(file.name, getattr(row, "since", None), edited_at=_edited(file) if changed else None)


def _edited(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return None

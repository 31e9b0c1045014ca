"""Items grouped into events by reading: the labelled set, and a second one of other days and other happenings."""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.conftest import SHARED
from wirewatch.events.grouping import Placed, group
from wirewatch.events.reading import read_report
from wirewatch.records import ArticleText
from wirewatch.text.html import text_of

DATA = SHARED / "data" / "events" / "january_2026.jsonl.gz"
REPLAY = SHARED / "data" / "feeds" / "replay_2026-01-01_10.tar.gz"
READINGS = Path(__file__).with_name("event_readings.tsv")
"""Digest of the address, event and storyline of recorded items; their texts are not ours to keep."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item, with what a reader said of it."""

    article: ArticleText
    time: datetime
    event: str | None
    storyline: str | None
    sure: bool

    @property
    def day(self) -> str:
        """Its day in UTC."""
        return self.time.date().isoformat()


def labelled() -> list[Item]:
    """The labelled set in order of time."""
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return _in_order(
        _item(row["id"], row["title"], row["summary"], row["url"], row["feed"], row["published_at"],
              (row["event"], row["storyline"]), sure=row["confidence"] == "h")
        for row in rows
    )  # fmt: skip


def read_by_us() -> list[Item]:
    """The second set in order of time; the earliest copy of each recorded item."""
    said: dict[str, tuple[str | None, str | None]] = {}
    for line in READINGS.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            digest, event, storyline = line.split("\t")
            said[digest] = None if event == "-" else event, storyline
    found: dict[str, Item] = {}
    with tarfile.open(REPLAY) as archive:
        for member in sorted((part for part in archive if part.isfile()), key=lambda part: part.name):
            file = archive.extractfile(member)
            for row in json.loads(file.read()) if file else ():
                digest = hashlib.sha256(row["link"].encode()).hexdigest()[:16]
                if digest in said and digest not in found:
                    found[digest] = _item(
                        digest, row["title"], row["description"], row["link"], row["source_url"],
                        row["date_published"], said[digest], sure=True,
                    )  # fmt: skip
    return _in_order(found.values())


def ours(items: Iterable[Item]) -> dict[int | str, Placed]:
    """Where Wirewatch puts the items."""
    return group([read_report(item.article, item.time) for item in items])


def _item(
    identity: str, title: str | None, text: str | None, url: str, feed: str, published: str,
    said: tuple[str | None, str | None], *, sure: bool,
) -> Item:  # fmt: skip
    time = datetime.fromisoformat(published)
    outlet = feed.split("/")[2]
    article = ArticleText(identity, text_of(title or ""), text_of(text or ""), url, outlet, time, language="en")
    return Item(article, time, *said, sure)


def _in_order(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.time, str(item.article.id)))

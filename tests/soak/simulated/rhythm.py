"""The rhythm of recorded feeds, carried on: more feeds, more days, other words.

Each recorded feed comes several times, as another site with its days moved (`_PHASE`), and the ten recorded days repeat
without end. Every copy of an item has a guid, an address and a text of its own: six of ten words of its title and
summary are replaced by other words of the recording, and what else stands on its page is made up here. So the copies
are new articles to the pipeline, that come when the real ones came.

Some pages do what pages do: one in seven carries the text of an agency that other sites carry too, one in sixteen is
changed after half a day, one in ninety is taken away after three days.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from tests.soak.recorded.items import Item
from tests.soak.recorded.material import RecordedFeed, Recording, members

WINDOW = 40
"""Items in a feed's document."""
_REPEAT = timedelta(days=10)
_PHASE = timedelta(hours=57)
"""By which the days of each further copy of the feeds are moved."""
_OTHER_WORDS = 0.6
_AGENCY, _CHANGED, _GONE = 7, 16, 90
"""One in so many items."""
_CHANGED_AFTER, _GONE_AFTER = timedelta(hours=12), timedelta(days=3)
_AGENCY_SLOT = timedelta(hours=6)
_TAGS = re.compile(r"<[^>]*>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _words(text: str) -> list[str]:
    return text.split()


_NOUNS = _words("""
committee council harbour budget valley bridge orchard teacher library market ferry garden railway
festival museum farmer clinic stadium bakery village archive lantern quarry tunnel orchestra
pottery meadow carpenter station hillside reservoir painter kitchen lighthouse workshop greenhouse
chapel vineyard cinema playground courtyard postman printer weaver riverbank cottage windmill tram
fountain parade auction surveyor mechanic gallery nursery bookshop cyclist rower apprentice choir
""")
_VERBS = _words("""
welcomed repaired visited described opened measured painted postponed approved cleaned rebuilt
admired counted borrowed extended restored questioned funded closed praised explored renamed moved
watched sketched replaced planned inspected celebrated covered
""")
_ADJECTIVES = _words("""
quiet modest northern wooden narrow early shared local bright crowded former distant careful
cheerful seasonal public coastal spare steep gentle plain lively orderly ancient rural muddy sunny
patient winding generous
""")


@dataclass(frozen=True, slots=True)
class Story:
    """One item of one feed of the simulation."""

    seen: datetime
    published: datetime
    key: str
    """Its guid and the end of its address; the same for feeds that list one article."""
    host: str
    title: str
    summary: str
    agency: str | None
    """What an agency's text is known by; stories that share it share the text."""

    @property
    def element(self) -> str:
        """The item as RSS."""
        return (
            f"<item><guid isPermaLink='false'>{self.key}</guid><title>{_text(self.title)}</title>"
            f"<link>https://{self.host}/story/{self.key}</link><description>{_text(self.summary)}</description>"
            f"<pubDate>{format_datetime(self.published)}</pubDate></item>"
        )


@dataclass(frozen=True, slots=True)
class Rhythm:
    """All feeds of the simulation."""

    recording: Recording
    stories: dict[str, Story]
    """By key."""
    now: Callable[[], datetime]

    def page(self, item: Item) -> bytes | None:
        """The page of an item as it is now; None when it was taken away."""
        story = self.stories[item.key]
        number = int(story.key[:8], 16)
        age = self.now() - story.seen
        if number % _GONE == 1 and age > _GONE_AFTER:
            return None
        body = _paragraphs(Random(story.agency or story.key), 6)
        if number % _CHANGED == 2 and age > _CHANGED_AFTER:
            body[1:2] = _paragraphs(Random(f"{story.key} changed"), 2)
        title = html.escape(story.title)
        paragraphs = "".join(f"<p>{html.escape(text)}</p>" for text in [story.summary, *body])
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head>"
            f"<body><main><article><h1>{title}</h1>{paragraphs}</article></main></body></html>"
        ).encode("utf-8", "replace")


def rhythm(
    archive: Path, spans: Sequence[tuple[datetime, datetime]], *, feeds: int, every: int, now: Callable[[], datetime]
) -> Rhythm:
    """`feeds` feeds that list something in the `spans` of time, from one in `every` recorded items each."""
    recorded = _recorded(archive, every)
    words = [word for rows in recorded.values() for row in rows for word in _plain(row["title"]).split()]
    stories: dict[str, Story] = {}
    made = []
    for n in range(feeds):
        copy, place = divmod(n, len(recorded))
        url = sorted(recorded)[place]
        listed = sorted(_stories(recorded[url], copy, spans, words, stories), key=lambda story: story.seen)
        host = f"s{copy}.{urlsplit(url).hostname}"
        made.append(RecordedFeed(host, f"/{place}.xml", f"{copy} {place}", _document(listed, now)))
    hosts = {feed.host for feed in made} | {story.host for story in stories.values()}
    recording = Recording("simulation", tuple(made), steps=1, collect_every=1, hosts=frozenset(hosts))
    return Rhythm(recording, stories, now)


def _recorded(archive: Path, every: int) -> dict[str, list[dict[str, Any]]]:
    """The recorded items by feed; of the links one in `every`, the same ones in all feeds."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _, content in members(archive):
        for row in json.loads(content):
            kept = found[row["source_url"]]
            if int(_digest(row["link"])[:8], 16) % every == 0:
                kept.append(row)
    return found


def _stories(
    rows: Sequence[dict[str, Any]],
    copy: int,
    spans: Sequence[tuple[datetime, datetime]],
    words: Sequence[str],
    known: dict[str, Story],
) -> Iterator[Story]:
    first = datetime(2026, 1, 1, tzinfo=UTC)  # of the recording
    for begin, end in spans:
        for round_ in range(-1 - copy * _PHASE // _REPEAT, (end - begin) // _REPEAT + 1):
            moved = begin + round_ * _REPEAT + copy * _PHASE - first
            for row in rows:
                seen = datetime.fromisoformat(row["date_created"]) + moved
                if begin <= seen < end:
                    key = _digest(f"{row['link']} {copy} {begin} {round_}")
                    if key not in known:
                        known[key] = _story(row, key, seen, moved, copy, words)
                    yield known[key]


def _story(row: dict[str, Any], key: str, seen: datetime, moved: timedelta, copy: int, words: Sequence[str]) -> Story:
    random = Random(key)
    slot = (seen - datetime(2000, 1, 1, tzinfo=UTC)) // _AGENCY_SLOT
    return Story(
        seen=seen,
        published=datetime.fromisoformat(row["date_published"]) + moved,
        key=key,
        host=f"s{copy}.{urlsplit(row['link']).hostname}",
        title=_reworded(row["title"], words, random),
        summary=_reworded(row["description"] or row["title"], words, random),
        agency=f"agency {slot} {random.randrange(3)}" if random.randrange(_AGENCY) == 0 else None,
    )


def _reworded(text: str, words: Sequence[str], random: Random) -> str:
    return " ".join(
        random.choice(words) if random.random() < _OTHER_WORDS else word for word in _plain(text).split()[:120]
    )


def _document(listed: Sequence[Story], now: Callable[[], datetime]) -> Callable[[int], bytes]:
    """The newest items at each moment; made anew only when there is a newer one."""
    moments = [story.seen for story in listed]
    made: tuple[int, bytes] = (-1, b"")

    def document(_: int) -> bytes:
        nonlocal made
        end = bisect_right(moments, now())
        if end != made[0]:
            items = "".join(story.element for story in reversed(listed[max(end - WINDOW, 0) : end]))
            made = (
                end,
                (
                    '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>News</title>'
                    f"<description/>{items}</channel></rss>\n"
                ).encode("utf-8", "replace"),
            )
        return made[1]

    return document


def _paragraphs(random: Random, count: int) -> list[str]:
    return [" ".join(_sentence(random) for _ in range(2)) for _ in range(count)]


def _sentence(random: Random) -> str:
    def thing() -> str:
        # Words put together are so many that two pages seldom share a sequence: shared ones are what copies are
        # looked for by.
        return f"the {random.choice(_ADJECTIVES)} {random.choice(_NOUNS)}{random.choice(_NOUNS)}"

    sentence = f"{thing()} {random.choice(_VERBS)} {thing()} and {thing()} before {thing()}."
    return sentence[0].upper() + sentence[1:]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _plain(text: str) -> str:
    return html.unescape(_TAGS.sub(" ", text))


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text))

"""The recorded material of ../shared/data as recordings: feeds that change from step to step, and pages."""

from __future__ import annotations

import base64
import gzip
import json
import re
import tarfile
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from tests.soak.recorded.items import read_items, site_of

WINDOW = 25
"""Items in a replayed feed document: what news feeds usually carry."""
_STEP = timedelta(hours=12)
_POLLED_SITES = {"wsj_world": "www.wsj.com", "nyt_econ": "www.nytimes.com"}
_PAGES_HOST = "fundus.example"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class RecordedFeed:
    """One feed. `document(step)` is what it serves at a step, from 0, with the addresses of the real world."""

    host: str
    path: str
    """With its query."""
    name: str
    document: Callable[[int], bytes]
    content_type: str = "application/rss+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Recording:
    """Feeds and pages that are replayed together."""

    name: str
    feeds: tuple[RecordedFeed, ...]
    steps: int
    collect_every: int
    """Steps of polls between two rounds of collecting and labelling."""
    hosts: frozenset[str]
    """Every host that a feed is at or an item leads to: those that are served on loopback."""
    pages: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
    """Recorded pages by host and path."""
    missed: int = 0
    """Items that no step's document holds: they came and went between two steps."""


def successive_polls(archive: Path, *, steps: int | None = None) -> Recording:
    """Two real feeds as they were polled four times a day for a month: each step serves one poll, byte for byte.

    A feed whose poll is missing at a step serves what it served before.
    """
    polls: dict[str, dict[str, bytes]] = defaultdict(dict)
    for name, content in members(archive):
        path = PurePosixPath(name)
        polls[path.parent.name][path.stem] = content
    times = sorted({time for polled in polls.values() for time in polled})[:steps]
    served = {name: _at(polled, times) for name, polled in polls.items()}
    hosts = {host for documents in served.values() for document in documents for host in _hosts(document)}
    return Recording(
        name="successive polls",
        feeds=tuple(
            RecordedFeed(_POLLED_SITES[name], f"/{name}.xml", name, _nth(documents))
            for name, documents in served.items()
        ),
        steps=len(times),
        collect_every=12,
        hosts=frozenset(hosts | set(_POLLED_SITES.values())),
    )


def ten_days(
    archive: Path,
    *,
    steps: int | None = None,
    feeds: int | None = None,
    window: int = WINDOW,
) -> Recording:
    """Ten days of many real feeds, seen by a reader: each step is twelve hours later and serves what was seen by then.

    What was recorded are items, not documents, so the documents are written here: RSS 2.0, the newest `window` items.
    `feeds` takes the first so many of them.
    """
    seen: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    hosts: set[str] = set()
    for _, content in members(archive):
        for row in json.loads(content):
            seen[row["source_url"]].append((datetime.fromisoformat(row["date_created"]), _rss_item(row)))
            hosts.update((_host(row["source_url"]), _host(row["link"])))
    chosen = dict(sorted(seen.items())[:feeds])
    for items in chosen.values():
        items.sort()
    first = min(items[0][0] for items in chosen.values()).replace(hour=0, minute=0, second=0, microsecond=0)
    last = max(items[-1][0] for items in chosen.values())
    times = [first + n * _STEP for n in range(1, (last - first) // _STEP + 2)][:steps]
    return Recording(
        name="ten days",
        feeds=tuple(
            RecordedFeed(_host(url), _path(url), url, _windows(url, items, times, window))
            for url, items in chosen.items()
        ),
        steps=len(times),
        collect_every=4,
        hosts=frozenset(hosts),
        missed=sum(_missed([moment for moment, _ in items], times, window) for items in chosen.values()),
    )


def real_publishers(archive: Path, *, feeds: int | None = None) -> Recording:
    """Documents of real publishers, byte for byte; served twice, since the second poll must find nothing new."""
    documents = sorted(members(archive))[:feeds]
    hosts: set[str] = set()
    recorded = []
    for name, content in documents:
        site = _host(site_of(content) or "")
        if "." not in site:
            site = PurePosixPath(name).stem.lower().replace("_", "-") + ".example"
        hosts |= {site, *_hosts(content)}
        # Without a charset: the declaration of the document has to be read.
        feed = RecordedFeed(site, "/" + PurePosixPath(name).name, PurePosixPath(name).stem, _nth([content]), "text/xml")
        recorded.append(feed)
    return Recording("real publishers", tuple(recorded), steps=2, collect_every=2, hosts=frozenset(hosts))


def real_pages(pages: Path, *, count: int | None = None) -> Recording:
    """Real pages, byte for byte, each at a host of its publisher's, listed by one feed that was written for them."""
    with gzip.open(pages, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][:count]
    recorded: dict[tuple[str, str], bytes] = {}
    items = []
    for row in rows:
        _, country, publisher, version = row["id"].split("/")
        host, path = f"{publisher}.{country}.example".lower().replace("_", "-"), f"/{version}.html"
        recorded[host, path] = base64.b64decode(row["html_base64"])
        published = datetime.fromisoformat(row["published"])
        items.append(_item_element(row["title"], f"https://{host}{path}", "", published))
    document = _rss("https://" + _PAGES_HOST, items)
    return Recording(
        name="real pages",
        feeds=(RecordedFeed(_PAGES_HOST, "/pages.xml", "pages", _nth([document])),),
        steps=1,
        collect_every=1,
        hosts=frozenset({_PAGES_HOST, *(host for host, _ in recorded)}),
        pages=recorded,
    )


def together(name: str, recordings: Sequence[Recording], *, steps: int) -> Recording:
    """Several recordings as one of `steps` steps: one that has fewer ends on its last, one that has more skips some."""

    def paced(feed: RecordedFeed, own_steps: int) -> RecordedFeed:
        return replace(feed, document=lambda step: feed.document(min(step * own_steps // steps, own_steps - 1)))

    return Recording(
        name=name,
        feeds=tuple(paced(feed, recording.steps) for recording in recordings for feed in recording.feeds),
        steps=steps,
        collect_every=1,
        hosts=frozenset().union(*(recording.hosts for recording in recordings)),
        pages={place: page for recording in recordings for place, page in recording.pages.items()},
        missed=sum(recording.missed for recording in recordings),
    )


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file in a tar archive."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile():
                yield member.name, tar.extractfile(member).read()


def _at(polled: Mapping[str, bytes], times: Sequence[str]) -> list[bytes]:
    """The document at each of the times: the newest until then."""
    known = sorted(polled)
    return [polled[known[max(bisect_right(known, time) - 1, 0)]] for time in times]


def _nth(documents: Sequence[bytes]) -> Callable[[int], bytes]:
    return lambda step: documents[min(step, len(documents) - 1)]


def _windows(
    url: str, items: Sequence[tuple[datetime, str]], times: Sequence[datetime], window: int
) -> Callable[[int], bytes]:
    moments = [moment for moment, _ in items]

    def document(step: int) -> bytes:
        end = bisect_right(moments, times[step])
        return _rss(url, [item for _, item in items[max(end - window, 0) : end]][::-1])

    return document


def _missed(moments: Sequence[datetime], times: Sequence[datetime], window: int) -> int:
    ends = [0, *(bisect_right(moments, time) for time in times)]
    return sum(max(end - begin - window, 0) for begin, end in pairwise(ends))


def _rss(site: str, items: Sequence[str]) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<rss version="2.0"><channel><title>{escape(site)}</title><link>{escape(site)}</link>'
        f"<description/>{''.join(items)}</channel></rss>\n"
    ).encode("utf-8", "replace")


def _rss_item(row: dict) -> str:
    # The reader that recorded these items kept no guids: they are known by their links.
    return _item_element(
        row["title"], row["link"], row["description"] or "", datetime.fromisoformat(row["date_published"])
    )


def _item_element(title: str, link: str, description: str, published: datetime) -> str:
    parts = f"<title>{_text(title)}</title><link>{_text(link)}</link><description>{_text(description)}</description>"
    return f"<item>{parts}<pubDate>{format_datetime(published.astimezone(UTC))}</pubDate></item>"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _hosts(document: bytes) -> Iterator[str]:
    """Every host that an item of the document may lead to."""
    for item in read_items(document):
        yield from filter(None, map(_host, item.links))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

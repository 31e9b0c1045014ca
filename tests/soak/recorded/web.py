"""Serves a recording on loopback addresses: one for each host of the real world, all on one port.

The step decides what the feeds say. A page exists from when a feed has listed it: recorded bytes where there are any,
else a plain page of the item's own title and description.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from aiohttp import web

from tests.soak.recorded.items import Item, read_items
from tests.soak.recorded.material import RecordedFeed, Recording
from wirewatch.demo.sample_web.faults import Fault, respond
from wirewatch.demo.sample_web.loopback import LoopbackServer, visited_address
from wirewatch.demo.sample_web.site import Answer, unchanged

_ADDRESS = re.compile(rb"""(xmlns(?::[\w.-]+)?\s*=\s*["'])?https?://([\w.-]+)(?::\d+)?""", re.IGNORECASE)
_Place = tuple[str, str]
_Parameters = frozenset[tuple[str, str]]
_HTML = ("Content-Type", "text/html; charset=utf-8")


class Hosts:
    """The loopback address of each host: 127.0.0.2 and on, by name.

    Linux answers on all of 127.0.0.0/8; macOS needs an alias on lo0 for each.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._address_of = {
            name: f"127.0.{n // 250}.{2 + n % 250}" for n, name in enumerate(sorted({name.lower() for name in names}))
        }
        self.port = 0

    @property
    def addresses(self) -> list[str]:
        return list(self._address_of.values())

    def origin(self, name: str) -> str:
        """Where the host answers, e.g. `http://127.0.0.2:8000`."""
        return f"http://{self._address_of[name.lower()]}:{self.port}"

    def rewrite(self, document: bytes) -> bytes:
        """`document` with these hosts' addresses in place of their names; nothing else is touched.

        XML namespaces are names, not addresses, and stay.
        """

        def replaced(match: re.Match[bytes]) -> bytes:
            host = match[2].decode("ascii", "replace").lower()
            return match[0] if match[1] or host not in self._address_of else self.origin(host).encode()

        return _ADDRESS.sub(replaced, document)


@dataclass(frozen=True, slots=True)
class Listed:
    """One item that a feed has listed to somebody."""

    feed: str
    """The feed's address."""
    item: Item


class RecordedWeb:
    """The running server. `step` may be changed from any thread while it serves."""

    def __init__(self, recording: Recording, *, page: Callable[[Item], bytes | None] | None = None) -> None:
        """`page` makes the page of an item that has none recorded, None where there is none now; by default the feed's
        own words."""
        self.recording = recording
        self._made_page = page or (lambda item: built_page(item) if item.body else None)
        self.step = 0
        self.listed: dict[tuple[str, str], Listed] = {}
        """By feed address and item key, in the order of first listing; the item as last listed."""
        self.requests: dict[str, int] = defaultdict(int)
        """Answers by kind; a feed that was not modified counts as a document too."""
        self.hosts = Hosts(recording.hosts)
        self.fault: Fault | None = None
        """What happens to every answer; may be set from any thread while it serves."""
        self._server = LoopbackServer(self.hosts.addresses, self._answer, name="recorded web")
        self._feeds: dict[tuple[_Place, _Parameters], RecordedFeed] = {}
        self._pages: dict[_Place, bytes] = {}
        self._at: dict[_Place, dict[tuple[str, _Parameters], Listed]] = defaultdict(dict)

    @contextmanager
    def running(self) -> Iterator[RecordedWeb]:
        """Serves from a thread while the block runs."""
        self._server.start()
        self.hosts.port = self._server.port
        self._feeds = {_place(self.feed_address(feed)): feed for feed in self.recording.feeds}
        self._pages = {
            _place(self.hosts.origin(host) + path)[0]: page for (host, path), page in self.recording.pages.items()
        }
        try:
            yield self
        finally:
            self._server.stop()

    def feed_address(self, feed: RecordedFeed) -> str:
        """Where the feed is polled."""
        return self.hosts.origin(feed.host) + feed.path

    def registry(self) -> dict[str, Any]:
        """The feeds as a registry of Wirewatch: an outlet for each host.

        The recordings say nothing about the publishers' countries and owners, so these are fillers.
        """
        feeds_of: dict[str, list[RecordedFeed]] = defaultdict(list)
        for feed in self.recording.feeds:
            feeds_of[feed.host].append(feed)
        return {
            "outlets": [
                {
                    "key": re.sub(r"[^a-z0-9]+", "_", host.lower()).strip("_")[:60],
                    "name": host,
                    "homepage": self.hosts.origin(host) + "/",
                    "country": "US",
                    "language": "en",
                    "kind": "newspaper",
                    "ownership": "not recorded",
                    "perspective": "other",
                    "feeds": [{"name": feed.name, "url": self.feed_address(feed)} for feed in feeds],
                }
                for host, feeds in feeds_of.items()
            ]
        }

    def key_at(self, feed: str, url: str) -> str | None:
        """The key of the item that a feed listed at an address; None when it listed none there."""
        found = self._found(url, feed)
        return found.item.key if found else None

    def _found(self, url: str, feed: str | None = None) -> Listed | None:
        """The item listed at an address, by any feed or by one.

        Parameters may have been taken off the address since, as trackers are: of several, the nearest is meant.
        """
        place, asked = _place(url)
        nearest = min(
            (
                (len(parameters - asked), listed)
                for (feed_address, parameters), listed in self._at[place].items()
                if asked <= parameters and feed in (None, feed_address)
            ),
            key=lambda pair: pair[0],
            default=None,
        )
        return nearest[1] if nearest else None

    # --- the server's thread -----------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        fault = self.fault
        answer = self._honest_answer(request)
        return respond(answer) if fault is None else await fault.serve(request, answer)

    def _honest_answer(self, request: web.Request) -> Answer:
        url = f"http://{visited_address(request)}:{self.hosts.port}{request.path_qs}"
        feed = self._feeds.get(_place(url))
        answer = self._feed(feed) if feed else self._page(url)
        asked = (request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since"))
        if unchanged(answer, *asked):
            answer = Answer(304, tuple(pair for pair in answer.headers if pair[0] != "Content-Type"), b"")
            self.requests["feeds not modified"] += 1
        return answer

    def _feed(self, feed: RecordedFeed) -> Answer:
        body = self.hosts.rewrite(feed.document(self.step))
        self.requests["feed documents"] += 1
        etag = ("ETag", f'"{hashlib.sha256(body).hexdigest()[:20]}"')
        address = self.feed_address(feed)
        base = self.hosts.origin(feed.host) + "/"
        for item in read_items(body):
            listed = self.listed[address, item.key] = Listed(address, item)
            for link in item.links:
                place, parameters = _place(urljoin(base, link))
                self._at[place][address, parameters] = listed
        return Answer(200, (("Content-Type", feed.content_type), etag), body)

    def _page(self, url: str) -> Answer:
        place, _ = _place(url)
        if place in self._pages:
            self.requests["pages as recorded"] += 1
            # Without a charset: what the page itself says has to do, as on many sites.
            return Answer(200, (("Content-Type", "text/html"),), self._pages[place])
        listed = self._found(url)
        made = self._made_page(listed.item) if listed is not None else None
        if made is not None:
            self.requests["pages built from the feed's words"] += 1
            return Answer(200, (_HTML,), made)
        self.requests["no robots.txt" if place[1] == "/robots.txt" else "page not found"] += 1
        return Answer(404, (_HTML,), b"<title>Not found</title><p>Not found</p>")


def _place(url: str) -> tuple[_Place, _Parameters]:
    """An address as (host, path), percent-encoding undone, and its parameters."""
    parts = urlsplit(url)
    return (parts.netloc.lower(), unquote(parts.path) or "/"), frozenset(parse_qsl(parts.query, keep_blank_values=True))


def built_page(item: Item) -> bytes:
    """A plain page that says what the feed said of an item."""
    title = html.escape(item.title)
    body = item.body if "<" in item.body else f"<p>{item.body}</p>"
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head>"
        f"<body><main><article><h1>{title}</h1>{body}</article></main></body></html>"
    ).encode("utf-8", "replace")

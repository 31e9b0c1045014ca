"""Outlets on loopback that publish one article after the other, and a webhook that keeps what it was told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from wirewatch.demo.sample_web.loopback import LoopbackServer, visited_address

OUTLETS = 20
_HOOK = "127.0.9.250"
_PARAGRAPHS = (
    "The lighthouse of {place} was dark on Monday, and the harbour office asked all masters to keep to the east.",
    "Two keepers went out before noon to look at the lamp, and their report about {place} had not come by evening.",
    "A third boat left at four with spare parts, the office said, and no ship had reported any damage until then.",
)


@dataclass(frozen=True, slots=True)
class Told:
    """One alarm of one message."""

    at: datetime
    subject: str
    finding: str
    solved: bool


class Outlets:
    """The running outlets: each publishes an article every `every_s` seconds until `fall_silent`."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._addresses = [f"127.0.9.{n}" for n in range(1, OUTLETS + 1)]
        self._server = LoopbackServer([*self._addresses, _HOOK], self._answer, name="outlets")
        self._lock = threading.Lock()
        self._listed: set[tuple[str, str]] = set()
        self._told: list[Told] = []
        self._began = time.time()
        self._silent_since: float | None = None

    @contextmanager
    def served(self) -> Iterator[None]:
        """They answer while the block runs."""
        self._server.start()
        self._began = time.time()
        try:
            yield
        finally:
            self._server.stop()

    @property
    def webhook(self) -> str:
        """Where alarms go."""
        return f"http://{_HOOK}:{self._server.port}/hook"

    @property
    def listed(self) -> set[tuple[str, str]]:
        """Every item that a feed has listed to somebody, as (feed, URL)."""
        with self._lock:
            return set(self._listed)

    def told_since(self, moment: datetime) -> list[Told]:
        """What the watch told by the webhook since then, in order."""
        with self._lock:
            return [told for told in self._told if told.at >= moment]

    @property
    def was_read(self) -> bool:
        """Whether every feed has listed all that was published when it fell silent, or else anything."""
        newest = self._newest() if self._silent_since else 0
        return all((self._url(at, "/feed.xml"), self._url(at, f"/{newest}")) in self.listed for at in self._addresses)

    def fall_silent(self) -> None:
        """Nothing more is published."""
        self._silent_since = time.time()

    def write_feeds(self, file: Path) -> None:
        """Writes their registry."""
        outlets = [
            {
                "key": f"outlet_{n}",
                "name": f"Outlet {n}",
                "homepage": self._url(address, "/"),
                "country": "US",
                "language": "en",
                "kind": "newspaper",
                "ownership": "invented",
                "perspective": "us",
                "feeds": [{"name": "All", "url": self._url(address, "/feed.xml")}],
            }
            for n, address in enumerate(self._addresses)
        ]
        file.write_text(json.dumps({"outlets": outlets}, indent=1))  # JSON is YAML, too

    def _url(self, address: str, path: str) -> str:
        return f"http://{address}:{self._server.port}{path}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        address, path = visited_address(request), request.path
        if address == _HOOK:
            self._keep(await request.json())
            return web.Response()
        if path == "/feed.xml":
            return web.Response(text=self._feed(address), content_type="application/rss+xml")
        if path.strip("/").isdigit():
            return web.Response(text=_page(f"{address} {path[1:]}"), content_type="text/html")
        return web.Response(status=404)

    def _keep(self, message: dict[str, list[dict[str, str]]]) -> None:
        now = datetime.now(UTC)
        with self._lock:
            self._told += [
                Told(now, alarm["subject"], alarm["finding"], solved=alarm["severity"] != "critical")
                for alarm in message["alarms"]
                if alarm["check_name"] == "watch"
            ]

    def _newest(self) -> int:
        return int(((self._silent_since or time.time()) - self._began) / self._every_s)

    def _feed(self, address: str) -> str:
        urls = {n: self._url(address, f"/{n}") for n in range(self._newest() + 1)}
        with self._lock:
            self._listed |= {(self._url(address, "/feed.xml"), url) for url in urls.values()}
        items = "".join(
            f"<item><title>Lighthouse {n} of {address}</title><link>{url}</link><guid>{url}</guid>"
            f"<pubDate>{format_datetime(datetime.fromtimestamp(self._began + n * self._every_s, UTC))}</pubDate></item>"
            for n, url in urls.items()
        )
        return f'<rss version="2.0"><channel>{items}</channel></rss>'


def _page(place: str) -> str:
    text = "".join(f"<p>{paragraph.format(place=place)}</p>" for paragraph in _PARAGRAPHS)
    head = f"<title>Lighthouse of {place}</title>"
    return f"<!doctype html><html lang=en><head>{head}</head><body><article><h1>Lighthouse of {place}</h1>{text}"

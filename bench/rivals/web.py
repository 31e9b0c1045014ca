"""The sites that all are measured on: a home page that names its feed, a feed with a window, pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from tests.conftest import free_port
from wirewatch.demo.sample_web.loopback import LoopbackServer


class Sites:
    """`hosts` sites on loopback, which share `pages` among them, each page at an address of its own."""

    def __init__(self, pages: list[bytes], hosts: int) -> None:
        self._pages = pages
        self._hosts = [f"127.0.3.{n + 1}" for n in range(hosts)]
        self._port = free_port()
        self._oldest = 0
        self._newest = len(pages)
        self.asked: Counter[str] = Counter()
        """Visits by address."""

    @property
    def feeds(self) -> list[str]:
        """The feeds' addresses."""
        return [f"http://{host}:{self._port}/feed.xml" for host in self._hosts]

    @property
    def homes(self) -> list[str]:
        """The sites' home pages."""
        return [f"http://{host}:{self._port}/" for host in self._hosts]

    def show(self, oldest: int, newest: int) -> None:
        """From now on the feeds list the pages `oldest` to `newest` - 1, the newest first."""
        self._oldest, self._newest = oldest, newest

    def urls(self, oldest: int, newest: int) -> set[str]:
        """The addresses of pages."""
        return {self._url(n) for n in range(oldest, newest)}

    @contextmanager
    def served(self) -> Iterator[None]:
        """The sites answer while the block runs."""
        server = LoopbackServer(self._hosts, self._answer, name="rivals' sites")
        server.start(self._port)
        self._port = server.port
        try:
            yield
        finally:
            server.stop()

    def _url(self, n: int) -> str:
        return f"http://{self._hosts[n % len(self._hosts)]}:{self._port}/{n}.html"

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked[str(request.url)] += 1
        if request.path == "/feed.xml":
            return web.Response(body=self._feed(request.url.host), content_type="application/rss+xml", charset="utf-8")
        if request.path == "/":
            link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
            return web.Response(text=f"<html><head>{link}</head><body></body></html>", content_type="text/html")
        name = request.path.strip("/").removesuffix(".html")
        if not name.isdigit():
            return web.Response(status=404)
        return web.Response(body=self._pages[int(name)], content_type="text/html")

    def _feed(self, host: str) -> bytes:
        listed = [n for n in range(self._oldest, self._newest) if self._hosts[n % len(self._hosts)] == host]
        now = datetime.now(UTC)
        items = "".join(
            f"<item><title>Page {n}</title><link>{self._url(n)}</link><guid>{self._url(n)}</guid>"
            f"<pubDate>{format_datetime(now - timedelta(minutes=len(self._pages) - n))}</pubDate></item>"
            for n in reversed(listed)
        )
        return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()

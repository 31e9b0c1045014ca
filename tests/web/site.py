"""A site on the loopback that answers by script and writes down every visit."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def article(title: str, *paragraphs: str) -> str:
    """An HTML page as news sites make them."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head>"
        f"<body><main><article><h1>{title}</h1>{body}</article></main></body></html>"
    )


@dataclass(frozen=True)
class Visit:
    """One line of the access log; times are monotonic seconds."""

    path: str
    began: float
    headers: dict[str, str] = field(hash=False)


class Site:
    """One host. `pages` maps a path to HTML, to `(status, headers, body)`, or to a coroutine function."""

    def __init__(self, address: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        self.address = address
        self.pages: dict[str, str | tuple[int, dict[str, str], bytes] | Handler] = {}
        self.visits: list[Visit] = []
        self._tls = tls
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def __aenter__(self) -> Site:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        listener = web.TCPSite(self._runner, self.address, self.port, ssl_context=self._tls)
        await listener.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def host(self) -> str:
        return f"{self.address}:{self.port}"

    def url(self, path: str) -> str:
        return f"{'https' if self._tls else 'http'}://{self.host}{path}"

    def paths(self) -> list[str]:
        return [visit.path for visit in self.visits]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.visits.append(Visit(request.path_qs, monotonic(), dict(request.headers)))
        page = self.pages.get(request.path_qs)
        if page is None:
            return web.Response(status=404, text="nothing here")
        if isinstance(page, str):
            return web.Response(text=page, content_type="text/html")
        if isinstance(page, tuple):
            status, headers, body = page
            return web.Response(status=status, headers=headers, body=body)
        return await page(request)

"""A web server in a thread: many loopback addresses, one port, one handler."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

_PORTS_TRIED = 50


class LoopbackServer:
    """Answers every request to `addresses` by `handler`, which runs in the server's own thread.

    The address that was connected to is `visited_address(request)`.
    """

    def __init__(
        self, addresses: Sequence[str], handler: Callable[[web.Request], Awaitable[web.StreamResponse]], *, name: str
    ) -> None:
        self.port = 0
        self._addresses = addresses
        self._handler = handler
        self._name = name
        self._loop = asyncio.new_event_loop()

    def start(self, port: int = 0) -> None:
        """Returns when every address answers. Port 0 takes a free one, a busy port the next that is free on all.

        Raises OSError when none is.
        """
        sockets = _bind(self._addresses, port)
        self.port = sockets[0].getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(sockets, ready), name=self._name, daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Ends the thread; requests that hang are cut off."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self, sockets: list[socket.socket], ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handler)
        runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        self._loop.run_until_complete(runner.setup())
        for listening in sockets:
            self._loop.run_until_complete(web.SockSite(runner, listening).start())
        ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()


def visited_address(request: web.Request) -> str:
    """The address that was connected to: it decides, as for an IP-based virtual host, not the Host header."""
    address: str = transport_of(request).get_extra_info("sockname")[0]
    return address


def transport_of(request: web.Request) -> asyncio.Transport:
    """The connection of a request. Raises ConnectionResetError when the visitor has left."""
    if request.transport is None:
        raise ConnectionResetError("the visitor has left")
    return request.transport


def _bind(addresses: Sequence[str], port: int) -> list[socket.socket]:
    """One listening socket for each address, all on one port: `port` or the next that is free on all."""
    problem: OSError | None = None
    for attempt in range(_PORTS_TRIED):
        wanted, sockets = (port + attempt if port else 0), []
        try:
            for address in addresses:
                listening = socket.socket()
                sockets.append(listening)
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listening.bind((address, wanted))
                listening.listen(128)
                wanted = listening.getsockname()[1]
            return sockets
        except OSError as error:
            problem = error
            for listening in sockets:
                listening.close()
    raise OSError(f"no port from {port} on is free on all of {addresses[0]} … {addresses[-1]}: {problem}")

"""A door between the workers and the database: it can be shut (connections reset) or jammed (nothing moves)."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with zero seconds: closing sends a reset, as a cut cable or a dead router is seen in the end."""


class Gate:
    """Forwards TCP connections from a port of 127.0.0.1 to another one; runs in a thread of its own."""

    def __init__(self, to_port: int) -> None:
        self.port = 0
        self._to_port = to_port
        self._open = asyncio.Event()
        self._refusing = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gate", daemon=True)

    def start(self) -> None:
        """Returns when the port accepts connections."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Ends the thread and every connection."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def shut(self) -> None:
        """Resets every connection, and each new one, until `open`."""
        self._call(self._shut)

    def jam(self) -> None:
        """Lets no byte through, in either direction, until `open`."""
        self._call(self._open.clear)

    def open(self) -> None:
        """Lets everything through again; connections that were jammed go on."""
        self._call(self._let_through)

    def _call(self, function) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (function(), done.set()))
        done.wait()

    def _let_through(self) -> None:
        self._refusing = False
        self._open.set()

    def _shut(self) -> None:
        self._refusing = True
        for writer in list(self._writers):
            _reset(writer)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._open.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            _reset(writer)
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            _reset(writer)  # the server is down: whoever called is told so
            return
        pair = {writer, back}
        self._writers |= pair
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        self._writers -= pair

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            _reset(writer)  # one side broke off: so does the other
        else:
            writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()

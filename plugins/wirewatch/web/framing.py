"""Answers that are framed in a contradictory way, read as RFC 9112 (6.3) says and browsers do.

    Transfer-Encoding and Content-Length     the length goes
    Content-Length twice, or no number       it goes, and the body ends with the connection, unless all are the same
    Transfer-Encoding: identity              it goes

aiohttp refuses them, and with them whole feeds of careless servers. There is one answer to one request on a connection
at a time, so nothing can be smuggled in behind a wrong length.
"""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Any

from aiohttp import TCPConnector
from aiohttp.client_proto import ResponseHandler

_MAX_HEAD = 1024 * 1024
"""Bytes of headers that are looked at; the client's own limits are far below."""
_END = re.compile(rb"\r?\n\r?\n")
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d\b")
_LENGTH = re.compile(rb"\r?\ncontent-length[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
_CODING = re.compile(rb"\r?\ntransfer-encoding[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)


def one_framing(head: bytes) -> bytes:
    """The status line and headers of an answer, `head`, with one way to tell where its body ends."""
    codings = [coding.strip().lower() for coding in _CODING.findall(head)]
    if codings and set(codings) <= {b"identity", b""}:
        head, codings = _CODING.sub(b"", head), []
    lengths = [length.strip() for length in _LENGTH.findall(head)]
    if codings:
        return _LENGTH.sub(b"", head) if lengths else head
    if len(lengths) == 1 and lengths[0].isdigit():
        return head
    if not lengths:
        return head
    first = lengths[0].split(b",")[0].strip()
    same = {part.strip() for length in lengths for part in length.split(b",")} == {first} and first.isdigit()
    status, line_end, rest = _LENGTH.sub(b"", head).partition(b"\n")
    header = b"Content-Length: " + first if same else b"Connection: close"
    return status + line_end + header + b"\r\n" + rest


class TolerantHandler(ResponseHandler):
    """aiohttp's reader of answers, which gets the headers of each after `one_framing`."""

    _head: bytearray | None = None
    """What came of the headers of the present answer; None when they are complete."""

    def set_response_params(self, **parameters: Any) -> None:
        """Called before each answer."""
        self._head = bytearray()
        super().set_response_params(**parameters)

    def data_received(self, data: bytes) -> None:
        """Called with each piece of an answer."""
        if self._head is None:
            super().data_received(data)
            return
        self._head += data
        passed = b""
        while end := _END.search(self._head):
            head, rest = bytes(self._head[: end.end()]), bytes(self._head[end.end() :])
            if not _INTERIM.match(head):
                self._head = None
                super().data_received(passed + one_framing(head) + rest)
                return
            passed, self._head = passed + head, bytearray(rest)
        if len(self._head) > _MAX_HEAD:
            piece, self._head = bytes(self._head), None
            super().data_received(passed + piece)
        elif passed:
            super().data_received(passed)

    def eof_received(self) -> None:
        """Called when the server sends no more: headers without an end are passed on, so that their fault is named."""
        if self._head:
            piece, self._head = bytes(self._head), None
            super().data_received(piece)
        super().eof_received()


def read_tolerantly(connector: TCPConnector) -> TCPConnector:
    """`connector`, whose connections read answers with a TolerantHandler."""
    connector._factory = partial(TolerantHandler, loop=asyncio.get_running_loop())  # type: ignore[assignment]
    return connector

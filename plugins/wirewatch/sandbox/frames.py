"""Messages through a pipe: a length of 8 bytes, then that many bytes."""

from __future__ import annotations

import struct
from typing import IO

_LENGTH = struct.Struct(">Q")


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next message; None when the other side has ended, also in the middle of one."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length: int = _LENGTH.unpack(head)[0]
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: IO[bytes], body: bytes) -> None:
    """Send one message. Raises OSError when the other side has ended."""
    stream.write(_LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()

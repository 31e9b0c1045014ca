"""Keeps every connection of this process on loopback while recorded material is replayed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

_REFUSED: list[str] | None = None
"""What was refused; None while nothing is guarded."""
_INSTALLED = False


class LeavesLoopbackError(OSError):
    """A connection or a look-up that would have left this machine."""


@contextmanager
def only_loopback() -> Iterator[list[str]]:
    """Refuses connections and look-ups beyond loopback while the block runs, and gives the list of the refused.

    An audit hook of the interpreter sees every one of them, whoever's code asks. Such a hook can't be taken out again,
    so it is installed once and idle outside of the block.
    """
    global _REFUSED, _INSTALLED
    if not _INSTALLED:
        sys.addaudithook(_hook)
        _INSTALLED = True
    _REFUSED = refused = []
    try:
        yield refused
    finally:
        _REFUSED = None


def _hook(event: str, arguments: tuple) -> None:
    if _REFUSED is None or event not in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        return
    host = arguments[0] if event == "socket.getaddrinfo" else _peer(arguments[1])
    if host is not None and not _is_loopback(host):
        _REFUSED.append(host)
        raise LeavesLoopbackError(f"{host} is not on loopback: recorded material may not leave this machine")


def _peer(address: object) -> str | None:
    """The host of an internet address; None for the addresses of Unix sockets."""
    return str(address[0]) if isinstance(address, tuple) else None


def _is_loopback(host: str | bytes | None) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False

"""A child process that parses feeds, with a limit of time and of memory for each document.

feedparser's cost grows with the square of what a hostile document may hold (an author of a megabyte keeps it busy for
hours), and nothing ends a thread. So documents are parsed in a child, which is ended when it takes too long, and
replaced. It starts with the first document, inherits nothing but three pipes, and sees no environment, so no secrets.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import wirewatch
from wirewatch.errors import WirewatchError
from wirewatch.records import ParsedFeed

TIME_LIMIT_S = 60.0
"""For one document. The largest real one, of 600 kB, takes 0.2 s; 8 MB of items take 20 s."""

MEMORY_LIMIT = 300 * 1024**2
"""Bytes beyond what the child has when it starts."""

_START_LIMIT_S = 300.0
"""A child is ready in a second; on a machine that is busy with other work it takes a minute."""
_LAST_BREATH_S = 5.0
_PACKAGES = str(Path(wirewatch.__file__).resolve().parents[1])
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "HOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
_LENGTH = struct.Struct(">Q")


class FeedReader:
    """Parses one document at a time in its child; an asynchronous context manager."""

    def __init__(self, *, time_limit_s: float = TIME_LIMIT_S, memory_limit: int = MEMORY_LIMIT) -> None:
        self._time_limit_s = time_limit_s
        self._memory_limit = memory_limit
        self._turn = asyncio.Lock()
        self._child: Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the child."""
        await self._end()

    @property
    def child(self) -> int | None:
        """The process id of the child, if one lives."""
        return self._child.pid if self._child is not None else None

    async def read(self, body: bytes, **arguments: Any) -> ParsedFeed:
        """`body` as a feed; the arguments are those of `parsing.parse_feed`.

        A document that hangs or ends its reader comes back with that as its problem. Raises WirewatchError when a
        child can't be started at all.
        """
        async with self._turn:
            child = await self._living()
            try:
                return await asyncio.wait_for(_ask(child, pickle.dumps((body, arguments))), self._time_limit_s)
            except TimeoutError:
                await self._end()
                return _unread(f"a document that is not read within {self._time_limit_s:g} s")
            except (asyncio.IncompleteReadError, ConnectionError):
                return _unread(f"a document whose reader {_ending(await self._end())}")
            except asyncio.CancelledError:
                # The child is in the middle of a document whose answer nobody will take.
                await self._end()
                raise

    async def _living(self) -> Process:
        if self._child is not None and self._child.returncode is None:
            return self._child
        environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "wirewatch.feeds.reader",
            str(self._memory_limit),
            stdin=PIPE,
            stdout=PIPE,
            env={**environment, "PYTHONPATH": _PACKAGES},
        )
        try:
            await asyncio.wait_for(_answer(self._child), _START_LIMIT_S)
        except (TimeoutError, asyncio.IncompleteReadError):
            status = await self._end()
            raise WirewatchError(
                f"the process that reads feeds doesn't start ({_ending(status)}): its own message is on standard error"
            ) from None
        return self._child

    async def _end(self) -> int | None:
        """End the child if there is one; returns its exit status, negative when a signal ended it."""
        if self._child is None:
            return None
        child, self._child = self._child, None
        # A child that has closed its end is dying by itself; to signal it then would take its status away.
        if child.stdout.at_eof():
            with suppress(TimeoutError):
                return await asyncio.wait_for(child.wait(), _LAST_BREATH_S)
        if child.returncode is None:
            child.kill()
        return await child.wait()


async def _ask(child: Process, question: bytes) -> ParsedFeed:
    child.stdin.write(_LENGTH.pack(len(question)))
    child.stdin.write(question)
    await child.stdin.drain()
    return pickle.loads(await _answer(child))  # nosec B301 # noqa: S301 (from our own child)


async def _answer(child: Process) -> bytes:
    head = await child.stdout.readexactly(_LENGTH.size)
    return await child.stdout.readexactly(_LENGTH.unpack(head)[0])


def _unread(problem: str) -> ParsedFeed:
    return ParsedFeed(None, None, None, (), problem=problem)


def _ending(status: int | None) -> str:
    if status is not None and status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"

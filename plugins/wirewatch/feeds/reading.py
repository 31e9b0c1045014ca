"""Parses feeds in a child process with limits: a hostile document becomes a failed poll, nothing more."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from wirewatch.feeds.parser.items import ParsedFeed
from wirewatch.sandbox.pool import ChildFailed, ChildLimits, ChildPool

TIME_LIMIT_S = 60.0
"""Of CPU time for one document. The largest real one, of 600 kB, takes 0.2 s; 8 MB of items take 20 s."""
MEMORY_LIMIT = 300 * 1024**2
"""Bytes beyond what the child has when it starts."""
DOCUMENTS_PER_CHILD = 10_000

CHILD = "wirewatch.feeds.parser.child"


class FeedReader:
    """Parses one document at a time in its child; an asynchronous context manager."""

    def __init__(self, *, time_limit_s: float = TIME_LIMIT_S, memory_limit: int = MEMORY_LIMIT) -> None:
        self._children: ChildPool[ParsedFeed] = ChildPool(
            CHILD, ChildLimits(time_limit_s, memory_limit, DOCUMENTS_PER_CHILD)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the child."""
        await asyncio.to_thread(self._children.close)

    @property
    def child(self) -> int | None:
        """The process id of the child, if one lives."""
        return next(iter(self._children.children), None)

    async def read(self, body: bytes, **arguments: object) -> ParsedFeed:
        """`body` as a feed; the arguments are those of `parsing.parse_feed`.

        A document that hangs or ends its reader comes back with that as its problem. Raises WirewatchError when a
        child can't be started at all.
        """
        try:
            return await asyncio.wrap_future(self._children.ask(body, arguments))
        except ChildFailed as error:
            return ParsedFeed(None, None, None, (), problem=f"a document that could not be parsed: {error}")

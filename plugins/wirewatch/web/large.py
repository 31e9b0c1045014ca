"""Limits the memory of a task that visits many hosts: few large bodies at a time, any number of small ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LARGE = 1024 * 1024
"""Bytes of a body above which it needs a place. Of real news pages, one in twenty is larger."""


class LargeBodies:
    """Places for large bodies.

    async with places.visit() as place:
        response = await visitor.get(url, on_large=place.take)
        …                                   # a large body keeps its place until here
    """

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[LargeSlot]:
        """A place that is taken only when it is needed, and given back at the end of the block."""
        place = LargeSlot(self._places)
        try:
            yield place
        finally:
            place.give_back()


class LargeSlot:
    """What one visit holds."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self.taken = False

    async def take(self) -> None:
        """Wait for a place, once."""
        if not self.taken:
            await self._places.acquire()
            self.taken = True

    def give_back(self) -> None:
        """Let the next one in."""
        if self.taken:
            self._places.release()
            self.taken = False

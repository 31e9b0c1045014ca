"""Slots: one visit to a host at a time, with a pause between two visits, across all workers.

The turn is a row of `ingest.host`, taken and given back in one statement each; no transaction is open while the web
answers. A worker that dies with a turn keeps the host waiting for `LEASE_S` at most.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from wirewatch.errors import HostBusy
from wirewatch.warehouse import Warehouse

LEASE_S = 150.0
"""The longest time for which a slot is held: one request's `Limits.total_s` and some seconds."""

PATIENCE_S = 120.0
"""How long to wait for a slot by default."""

_LOOK_AGAIN_S = 1.0
"""How often to check whether the previous visit has ended."""


def worker_name() -> str:
    """The unique name under which one task holds its claims and slots; it contains host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


class Turn:
    """The right to visit one host now. The result of the visit is stored with its release."""

    def __init__(self, host: str, delay_s: float) -> None:
        self.host = host
        self.delay_s = delay_s
        self.error: str | None = None
        """Why the visit failed; None when it succeeded."""
        self.failing_as: str | None = None
        """The same as one of `records.FetchFailure`."""
        self.counted = True
        """Whether the result changes the health of the host."""
        self.rest_s: float | None = None
        """The pause that the server asks for, when it is longer than the delay."""


class Politeness:
    """Gives slots to the coroutines of one worker.

    `by` names the worker and must be unique among all: it is who may give the turn back.
    """

    def __init__(self, warehouse: Warehouse, *, by: str) -> None:
        self._warehouse = warehouse
        self._by = by
        # Coroutines of this worker queue here, so that only one of them asks the database for a host.
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def visit(self, host: str, *, delay_s: float, patience_s: float = PATIENCE_S) -> AsyncIterator[Turn]:
        """Wait for a slot at `host`, hold it inside the block, and leave `delay_s` after it.

        Raises HostBusy when the turn does not come within `patience_s`; it tells after how long to try again.
        """
        deadline = monotonic() + patience_s
        try:
            async with asyncio.timeout(patience_s):
                await self._queues[host].acquire()
        except TimeoutError:
            raise HostBusy(host, delay_s) from None
        try:
            await self._take(host, delay_s, deadline)
            turn = Turn(host, delay_s)
            try:
                yield turn
            finally:
                rest_s = max(turn.delay_s, turn.rest_s or 0.0)
                with self._warehouse.statement() as rows:
                    rows.end_visit(
                        host=host,
                        by=self._by,
                        delay_s=rest_s,
                        counted=turn.counted,
                        error=turn.error,
                        failing_as=turn.failing_as,
                    )
        finally:
            self._queues[host].release()

    async def again(self, turn: Turn, *, patience_s: float = PATIENCE_S) -> None:
        """Wait the delay inside a slot, for one more request to the same host: `patience_s` at most.

        A host that asks for long pauses and redirects within itself would otherwise never be read, or hold its
        visitor for hours.
        """
        wait_s = min(turn.delay_s, patience_s)
        with self._warehouse.transaction() as rows:
            kept = rows.extend_visit(host=turn.host, by=self._by, delay_s=turn.delay_s, lease_s=wait_s + LEASE_S)
        if not kept:
            raise HostBusy(turn.host, turn.delay_s)
        await asyncio.sleep(wait_s)

    async def _take(self, host: str, delay_s: float, deadline: float) -> None:
        while True:
            with self._warehouse.statement() as rows:
                asked = rows.begin_visit(host=host, by=self._by, delay_s=delay_s, lease_s=LEASE_S)
            if asked.granted:
                return
            wait_s = max(asked.due_in_s, _LOOK_AGAIN_S if asked.busy else 0.01)
            if monotonic() + wait_s > deadline:
                raise HostBusy(host, wait_s)
            await asyncio.sleep(wait_s)

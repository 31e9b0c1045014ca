"""Pages into the archive, in groups: what waits while one group is made durable is the next group.

A page's row may be committed only when its record would survive a power cut. One sync and one transaction for all
pages that arrived meanwhile keep that promise at a fraction of the cost of one each.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from wirewatch.errors import RefusedValues
from wirewatch.records import ArchiveLocation, Response
from wirewatch.warehouse import Transaction, Warehouse
from wirewatch.web.archive import Batch

_GROUP = 32
"""Most pages of one group: bounds what a kill can lose of the work, never what it can lose of the entries."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    entry_id: int | None
    response: Response
    page_id: asyncio.Future[int | None]


class PageKeeper:
    """Archives pages and moves their entries to `fetched`. Use as an async context manager."""

    def __init__(self, warehouse: Warehouse, batch: Batch, *, by: str, lease: timedelta) -> None:
        self._warehouse = warehouse
        self._batch = batch
        self._by = by
        self._lease = lease
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> PageKeeper:
        self._task = asyncio.create_task(self._work())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def keep(self, response: Response, *, entry_id: int | None = None) -> int | None:
        """Returns the page's id once archive and warehouse have it; `entry_id` is fetched then.

        None when the entry's claim was lost meanwhile. Raises ArchiveError, WarehouseError.
        """
        page_id: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        await self._waiting.put(_Waiting(entry_id, response, page_id))
        return await page_id

    async def _work(self) -> None:
        while True:
            # The pages of a group are let go before the next one is waited for.
            await self._keep_group(await self._waiting.get())

    async def _keep_group(self, first: _Waiting) -> None:
        group = [first]
        while len(group) < _GROUP and not self._waiting.empty():
            group.append(self._waiting.get_nowait())
        try:
            locations = await asyncio.to_thread(self._archive, group)
        except Exception as error:
            self._refuse(group, error)
            return
        try:
            self._answer(group, self._store(group, locations))
        except RefusedValues as error:
            if len(group) == 1:
                self._refuse(group, error)
                return
            # One page whose values the database won't hold must not cost the others.
            for waiting, location in zip(group, locations, strict=True):
                self._store_alone(waiting, location)
        except Exception as error:
            self._refuse(group, error)

    def _store_alone(self, waiting: _Waiting, location: ArchiveLocation) -> None:
        try:
            self._answer([waiting], self._store([waiting], [location]))
        except Exception as error:
            self._refuse([waiting], error)

    @staticmethod
    def _answer(group: list[_Waiting], page_ids: list[int | None]) -> None:
        for waiting, page_id in zip(group, page_ids, strict=True):
            if not waiting.page_id.cancelled():
                waiting.page_id.set_result(page_id)

    @staticmethod
    def _refuse(group: list[_Waiting], error: Exception) -> None:
        """Those who wait for their page raise it."""
        for waiting in group:
            if not waiting.page_id.cancelled():
                waiting.page_id.set_exception(error)

    def _archive(self, group: list[_Waiting]) -> list[ArchiveLocation]:
        locations = [self._batch.append(waiting.response) for waiting in group]
        self._batch.flush()
        return locations

    def _store(self, group: list[_Waiting], locations: list[ArchiveLocation]) -> list[int | None]:
        now = self._warehouse.now()
        with self._warehouse.transaction() as rows:
            return [
                self._store_one(rows, waiting, location, now)
                for waiting, location in zip(group, locations, strict=True)
            ]

    def _store_one(self, rows: Transaction, waiting: _Waiting, location: ArchiveLocation, now: datetime) -> int | None:
        response = waiting.response
        page: dict[str, Any] = {
            "url": response.url,
            "final_url": response.final_url,
            "fetched_at": response.fetched_at,
            "http_status": response.status,
            "content_type": response.header("Content-Type"),
            "bytes": len(response.body),
            "file": location.file,
            "offset": location.offset,
            "length": location.length,
            "digest": location.digest,
        }
        if waiting.entry_id is None:
            page_id: int | None = rows.insert_page(**page)
        else:
            page_id = rows.save_page(entry_id=waiting.entry_id, by=self._by, until=now + self._lease, now=now, **page)
        return page_id

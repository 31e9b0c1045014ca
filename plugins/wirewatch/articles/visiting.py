"""Visits to the hosts at which entries wait: one page after the other, as long as the host answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from wirewatch.articles.claims import Claim, Claims
from wirewatch.articles.extracting import Extractor
from wirewatch.articles.fairness import FairQueue, Waiting
from wirewatch.articles.keeping import PageKeeper
from wirewatch.articles.pages import Page
from wirewatch.articles.retries import drop_reason, next_try
from wirewatch.errors import FetchError, HostBusy, is_ours
from wirewatch.records import DropReason, FetchFailure, Response
from wirewatch.text.urls import url_key
from wirewatch.warehouse import Warehouse
from wirewatch.web.large import LargeBodies, LargeSlot
from wirewatch.web.visitor import Visitor

log = logging.getLogger("wirewatch")

PATIENCE_S = 60.0
"""How long a visit waits for its host's turn before it lets others go first."""

_HOST_REST_S = 600.0
"""How long a host that is down is left alone."""

_FAILURES_OF_A_HOST = 2
"""Failures in a row after which a host is taken to be down."""

_PAGES_IN_A_TURN = 8
"""Pages after which a host lets another one have its place, when others wait."""

_HOST_DOWN = frozenset({FetchFailure.UNREACHABLE, FetchFailure.TIMEOUT, FetchFailure.TLS})


class HostVisits:
    """Fetches what waits at a host, for one task."""

    def __init__(
        self,
        warehouse: Warehouse,
        claims: Claims,
        queue: FairQueue,
        visitor: Visitor,
        keeper: PageKeeper,
        extractor: Extractor,
        *,
        large: LargeBodies,
    ) -> None:
        self._warehouse = warehouse
        self._claims = claims
        self._queue = queue
        self._visitor = visitor
        self._keeper = keeper
        self._extractor = extractor
        self._large = large

    async def visit(self, waiting: Waiting, is_over: Callable[[], bool], *, suspect: bool = False) -> int:
        """Fetch page after page at one host until none waits, it fails, or others should have its place.

        Returns how many entries it claimed.
        """
        host, failures, pages = waiting.host, 0, 0
        feeds = [waiting.feed_id, *self._queue.feeds_at(host)]
        while not is_over() and not (pages >= _PAGES_IN_A_TURN and self._queue.others_wait()):
            entry = self._claims.at_host(host, feeds, suspect=suspect)
            if entry is None:
                break
            pages += 1
            # The feeds take turns at a host, too.
            feeds = [*(feed for feed in feeds if feed != entry.feed_id), entry.feed_id]
            error = await self._visit_entry(entry)
            if error is not None and error.host != host:
                error = None  # a redirect led to a host that failed; this one did not
            failures = failures + 1 if error is not None and error.reason in _HOST_DOWN else 0
            rest_s = error.retry_after_s if error is not None else None
            if rest_s is None and failures == _FAILURES_OF_A_HOST:
                rest_s = _HOST_REST_S
            if rest_s is not None:
                self._claims.put_off_host(host, rest_s)
                break
        return pages

    async def _visit_entry(self, entry: Claim) -> FetchError | None:
        """Fetch one page and have it read; returns how it failed. An unexpected error ends this visit alone."""
        try:
            async with self._large.visit() as place:
                try:
                    response = await self._visitor.get(entry.url, patience_s=PATIENCE_S, on_large=place.take)
                except HostBusy as error:
                    self._claims.release(entry, error)
                    return error
                except FetchError as error:
                    await self._failed(entry, error)
                    return error
                await self._fetched(entry, response, place)
        except Exception as error:
            if is_ours(error):
                raise
            self._claims.contain(entry, error)
        return None

    async def _failed(self, entry: Claim, error: FetchError) -> None:
        again_at = next_try(error, entry.attempts + 1, self._warehouse.now())
        if again_at is None:
            await self._extractor.give_up(entry, drop_reason(error), str(error))
        else:
            self._claims.retry(entry, again_at, str(error))

    async def _fetched(self, entry: Claim, response: Response, place: LargeSlot) -> None:
        if _is_front_page(response.final_url) and not _is_front_page(entry.url):
            detail = f"{entry.url}: leads to the front page {response.final_url}"
            self._claims.drop(entry, DropReason.GONE, detail)
            return
        if self._settled_by_target(entry, response.final_url):
            return
        page_id = await self._keeper.keep(response, entry_id=entry.entry_id)
        if page_id is None:
            log.warning("%s: its lease ended during the visit; another worker has it", entry.url)
            return
        self._claims.counts["fetched"] += 1
        page = Page.fetched(page_id, response)
        if place.taken:
            await self._extractor.finish(entry, page)
        else:
            await self._extractor.start(entry, page)

    def _settled_by_target(self, entry: Claim, final_url: str) -> bool:
        """Whether a redirect led to an address that has an article already, or to none that may be kept."""
        try:
            key = url_key(final_url)
        except ValueError as error:
            self._claims.drop(entry, DropReason.BAD_URL, f"{entry.url}: leads to {error}")
            return True
        return key != entry.url_key and self._claims.adopt(entry, key)


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query

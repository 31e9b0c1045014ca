"""Pages into articles, within one task: each is read in a child process, and what comes of it ends in the ledger."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict

from wirewatch.articles.claims import WHOLE_TEXT, Claim, Claims
from wirewatch.articles.pages import FeedWords, Page, read_page
from wirewatch.articles.reading import ExtractionPool, ReadingLanes
from wirewatch.articles.site_boilerplate import lines_of_host
from wirewatch.articles.storing import store_article, store_told_article
from wirewatch.articles.whose_words import WhoseWords
from wirewatch.errors import ExtractionError, RefusedValues, is_ours
from wirewatch.records import DropReason, ExtractedArticle
from wirewatch.warehouse import Warehouse

log = logging.getLogger("wirewatch")

_FEED_CAN_HELP = frozenset(
    {
        DropReason.BOT_WALL,
        DropReason.EXTRACTION_FAILED,
        DropReason.GONE,
        DropReason.NO_TEXT,
        DropReason.NOT_HTML,
        DropReason.PAYWALL,
        DropReason.RETRIES_EXHAUSTED,
        DropReason.ROBOTS_DISALLOWED,
        DropReason.TOO_LARGE,
        DropReason.TOO_MANY_REDIRECTS,
    }
)
"""Reasons that say nothing against the article, only against its page."""


_OF_ONE_HOST = 2
"""Pages of one host that wait for a reader or are being read: slow pages must not take the places of others."""


class Extractor:
    """Reads pages, `at_once` of them at a time. Use as an async context manager: leaving it waits for all of them."""

    def __init__(
        self, warehouse: Warehouse, claims: Claims, pool: ExtractionPool | ReadingLanes, *, at_once: int
    ) -> None:
        self._warehouse = warehouse
        self._claims = claims
        self.pool = pool
        self.room = asyncio.Semaphore(at_once)
        self._alone = at_once == 1
        self._of_host: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_OF_ONE_HOST))
        self._whose = WhoseWords(warehouse)
        self._repeated_lines: dict[str, frozenset[int]] = {}
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Extractor:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *ending: object) -> None:
        await self._tasks.__aexit__(*ending)  # type: ignore[arg-type]

    async def start(self, entry: Claim, page: Page) -> None:
        """Begin to read a page; waits while there is enough to do, so that pages don't pile up in memory."""
        await self._make_room(entry)
        if self._alone:
            await self._read(entry, page)
        else:
            self._tasks.create_task(self._read(entry, page))

    async def finish(self, entry: Claim, page: Page) -> None:
        """Read a page to the end: for one that is too large to wait in memory."""
        await self._make_room(entry)
        await self._read(entry, page)

    async def _make_room(self, entry: Claim) -> None:
        await self._of_host[entry.host].acquire()
        await self.room.acquire()

    async def give_up(self, entry: Claim, reason: DropReason, detail: str) -> None:
        """Take the text that the feed carried where the page can't be had; without one, drop the entry."""
        if entry.content and len(entry.content) >= WHOLE_TEXT and reason in _FEED_CAN_HELP:
            page = Page.from_feed(entry.url, entry.words.title or "", entry.content, self._warehouse.now())
            try:
                article = await read_page(self.pool, page, entry.words, self._lines_of(entry.host))
            except ExtractionError as error:
                detail = f"{detail}; nor does the text in the feed help: {error}"
            else:
                if len(article.text) >= WHOLE_TEXT:
                    self._store(entry, page, article, entry.words)
                    return
        self._claims.drop(entry, reason, detail)

    async def _read(self, entry: Claim, page: Page) -> None:
        try:
            words = self._whose.words(entry, page.final_url)
            try:
                article = await read_page(self.pool, page, words, self._lines_of(entry.host))
            except ExtractionError as error:
                await self.give_up(entry, DropReason(error.reason), str(error))
            else:
                self._store(entry, page, article, words)
        except Exception as error:
            if is_ours(error):
                raise
            self._claims.contain(entry, error)
        finally:
            self.room.release()
            self._of_host[entry.host].release()

    def _store(self, entry: Claim, page: Page, article: ExtractedArticle, words: FeedWords) -> None:
        told = page.page_id is None and self._whose.is_strangers(entry, page.final_url)
        try:
            store = store_told_article if told else store_article
            new = store(self._warehouse, entry, page, article, words)
            self._claims.counts["extracted" if new else "adopted"] += 1
        except RefusedValues as error:
            # One article that the database won't have must not cost the others.
            log.error("%s: %s", page.final_url, error)
            self._claims.drop(entry, DropReason.EXTRACTION_FAILED, str(error))

    def _lines_of(self, host: str) -> frozenset[int]:
        if host not in self._repeated_lines:
            self._repeated_lines[host] = lines_of_host(self._warehouse, host)
        return self._repeated_lines[host]

"""A second and a third look at an article: what its publisher changed becomes a version, what went away is flagged.

The stage `collecting` claims the articles that are due and visits them here, as politely as new ones.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wirewatch.articles.keeping import PageKeeper
from wirewatch.articles.pages import FeedWords, Page, read_page
from wirewatch.articles.reading import ExtractionPool, ReadingLanes
from wirewatch.articles.site_boilerplate import lines_of_host
from wirewatch.articles.storing import changed_share, insert_version, next_revisit, text_digest
from wirewatch.errors import ExtractionError, FetchError, HostBusy
from wirewatch.records import DateCandidate, ExtractedArticle, FetchFailure, Response
from wirewatch.warehouse import Warehouse
from wirewatch.web.large import LargeBodies
from wirewatch.web.visitor import Visitor

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ArticlesToRereadRow, ClaimRevisitRow

_AGAIN = timedelta(hours=2)
"""When a host did not answer."""

_GIVE_UP = timedelta(days=9)
"""After this age of an article a failed look is not repeated."""


class RevisitResult(StrEnum):
    """What a look brought."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    VANISHED = "vanished"
    NOTHING = "nothing"
    """The page could not be had or not be read; what we know of the article stands."""


@dataclass(frozen=True, slots=True)
class DueArticle:
    """An article to look at again, as its current version has it."""

    article_id: int
    url: str
    host: str
    version: int
    first_read_at: datetime
    title: str
    text: str
    words: FeedWords

    @classmethod
    def from_row(cls, row: ClaimRevisitRow) -> DueArticle:
        return cls(
            row.article_id, row.url, row.host, row.version, row.first_read_at, row.title, row.text, known_words(row)
        )


def known_words(row: ClaimRevisitRow | ArticlesToRereadRow) -> FeedWords:
    """What an earlier version of an article knew from its feed."""
    dates = map(DateCandidate.from_json, row.dates)
    return FeedWords(
        title=row.title,
        authors=tuple(row.authors),
        language=row.language,
        dates=tuple(date for date in dates if date.source.startswith("feed:")),
        zone=row.timezone,
    )


class Revisitor:
    """Looks at articles again, for one task."""

    def __init__(
        self,
        warehouse: Warehouse,
        visitor: Visitor,
        keeper: PageKeeper,
        pool: ExtractionPool | ReadingLanes,
        *,
        large: LargeBodies,
        reading: asyncio.Semaphore,
        patience_s: float,
    ) -> None:
        self._warehouse = warehouse
        self._visitor = visitor
        self._keeper = keeper
        self._pool = pool
        self._large = large
        self._reading = reading
        self._patience_s = patience_s

    async def visit(self, article: DueArticle) -> RevisitResult:
        """Visit an article's page and store what became of it. Raises WarehouseError, ArchiveError."""
        async with self._large.visit() as place:
            try:
                response = await self._visitor.get(article.url, patience_s=self._patience_s, on_large=place.take)
            except FetchError as error:
                return self._not_had(article, error)
            return await self._compare(article, response)

    async def _compare(self, article: DueArticle, response: Response) -> RevisitResult:
        if urlsplit(response.final_url).path in ("", "/") and urlsplit(article.url).path not in ("", "/"):
            # Removed articles often lead to the front page.
            return self._settle(article, RevisitResult.VANISHED)
        async with self._reading:
            try:
                # The page goes to the archive only when it brought something new.
                lines = lines_of_host(self._warehouse, article.host)
                read = await read_page(self._pool, Page.fetched(None, response), article.words, lines)
            except ExtractionError:
                return self._settle(article, RevisitResult.NOTHING)
        if text_digest(read.text) == text_digest(article.text) and read.title == article.title:
            return self._settle(article, RevisitResult.UNCHANGED)
        return await self._new_version(article, response, read)

    def _not_had(self, article: DueArticle, error: FetchError) -> RevisitResult:
        now = self._warehouse.now()
        if error.reason == FetchFailure.GONE:
            return self._settle(article, RevisitResult.VANISHED)
        if not error.retry or now - article.first_read_at > _GIVE_UP:
            return self._settle(article, RevisitResult.NOTHING)
        wish = timedelta(seconds=error.retry_after_s or 0.0)
        with self._warehouse.transaction() as rows:
            wait = wish if isinstance(error, HostBusy) else max(_AGAIN, wish)
            rows.put_off_revisit(article_id=article.article_id, revisit_at=now + wait)
        return RevisitResult.NOTHING

    def _settle(self, article: DueArticle, finding: RevisitResult) -> RevisitResult:
        now = self._warehouse.now()
        again_at = next_revisit(article.first_read_at, now)
        with self._warehouse.transaction() as rows:
            if finding is RevisitResult.NOTHING:
                rows.put_off_revisit(article_id=article.article_id, revisit_at=again_at)
            else:
                rows.settle_revisit(
                    article_id=article.article_id,
                    revisit_at=again_at,
                    vanished=finding is RevisitResult.VANISHED,
                    now=now,
                )
        return finding

    async def _new_version(self, article: DueArticle, response: Response, read: ExtractedArticle) -> RevisitResult:
        page_id = await self._keeper.keep(response)
        now = self._warehouse.now()
        with self._warehouse.transaction() as rows:
            if rows.advance_version(article_id=article.article_id, version=article.version + 1):
                insert_version(
                    rows,
                    article.article_id,
                    article.version + 1,
                    page_id,
                    read,
                    article.words,
                    now=now,
                    diff_ratio=changed_share(article.text, read.text),
                )
            rows.put_off_revisit(article_id=article.article_id, revisit_at=next_revisit(article.first_read_at, now))
        return RevisitResult.CHANGED

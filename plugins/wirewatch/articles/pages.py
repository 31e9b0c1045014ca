"""A page that is in the archive, what its feed said about it, and the hand-over of both to the readers."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from wirewatch.articles.reading import ExtractionPool, ReadingLanes
from wirewatch.errors import ExtractionError
from wirewatch.records import ArchiveLocation, DateCandidate, DropReason, ExtractedArticle, Response
from wirewatch.text.controls import without_controls
from wirewatch.text.urls import clean_url
from wirewatch.web.archive import Archive

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ArticlesToRereadRow, GetPageRow


@dataclass(frozen=True, slots=True)
class Page:
    """A document, fetched now or read from the archive."""

    page_id: int | None
    """None when it is not in the archive: a text that the feed carried, or a second look that may bring nothing."""
    final_url: str
    fetched_at: datetime
    content_type: str | None
    last_modified: str | None
    body: bytes

    @classmethod
    def fetched(cls, page_id: int | None, response: Response) -> Page:
        """The page of an answer, archived as `page_id`."""
        return cls(
            page_id=page_id,
            final_url=response.final_url,
            fetched_at=response.fetched_at,
            content_type=response.header("Content-Type"),
            last_modified=response.header("Last-Modified"),
            body=response.body,
        )

    @classmethod
    def from_feed(cls, url: str, title: str, content: str, now: datetime) -> Page:
        """A page made of the text that a feed carries, HTML."""
        heading = html.escape(title)
        body = f"<!doctype html><html><head><title>{heading}</title></head><body><article><h1>{heading}</h1>{content}"
        return cls(
            page_id=None,
            final_url=url,
            fetched_at=now,
            content_type="text/html; charset=utf-8",
            last_modified=None,
            body=f"{body}</article></body></html>".encode(),
        )

    @classmethod
    def archived(cls, row: GetPageRow | ArticlesToRereadRow, archive: Archive) -> Page:
        """The page of a row of ingest.page. Raises ArchiveError when its record can't be read."""
        location = ArchiveLocation(row.archive_file, row.archive_offset, row.archive_length, row.digest)
        headers, body = archive.read(location)
        by_name = {name.lower(): value for name, value in headers}
        return cls(
            page_id=row.page_id,
            final_url=row.final_url,
            fetched_at=row.fetched_at,
            content_type=by_name.get("content-type"),
            last_modified=by_name.get("last-modified"),
            body=body,
        )


@dataclass(frozen=True, slots=True)
class FeedWords:
    """What the outlet and its feed said: used where the page says nothing."""

    title: str | None
    authors: tuple[str, ...]
    language: str | None
    dates: tuple[DateCandidate, ...]
    zone: str | None
    """IANA zone of the outlet."""

    def of_a_stranger(self) -> FeedWords:
        """What is left of these words where the page is at another outlet's site: dates are kept but rejected."""
        dates = tuple(replace(date, rejected=date.rejected or "stranger") for date in self.dates)
        return FeedWords(title=None, authors=(), language=None, dates=dates, zone=None)


async def read_page(
    pool: ExtractionPool | ReadingLanes, page: Page, words: FeedWords, repeated_lines: Collection[int] = frozenset()
) -> ExtractedArticle:
    """The article on a page, read by one of the pool's processes.

    Raises ExtractionError.
    """
    try:
        url = clean_url(page.final_url)
    except ValueError as error:
        raise ExtractionError(DropReason.BAD_URL, f"{page.final_url}: {error}") from error
    article = await asyncio.wrap_future(
        pool.submit(
            page.body,
            url=url,
            now=page.fetched_at,
            zone=words.zone,
            content_type=page.content_type,
            last_modified=page.last_modified,
            feed_title=words.title,
            feed_language=words.language,
            feed_dates=words.dates,
            repeated_lines=repeated_lines,
        )
    )
    return replace(
        article,
        title=without_controls(article.title),
        authors=tuple(map(without_controls, article.authors)),
    )

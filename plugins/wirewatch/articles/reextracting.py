"""Reading the archive again when extraction has improved: new versions, without the web and without losing old ones."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING

from wirewatch.articles.pages import Page, read_page
from wirewatch.articles.reading import ExtractionPool
from wirewatch.articles.revisiting import known_words
from wirewatch.articles.site_boilerplate import lines_of_host
from wirewatch.articles.storing import changed_share, insert_version
from wirewatch.errors import ArchiveError, ExtractionError
from wirewatch.records import ExtractedArticle
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.web.archive import Archive

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ArticlesToRereadRow

log = logging.getLogger("wirewatch")

_AT_A_TIME = 64
"""Articles per query; also how many wait for a reader."""


@dataclass(frozen=True, slots=True)
class ReextractReport:
    """What a run did."""

    read: int
    """Articles read again."""
    changed: int
    """Of these, with something new: each has a further version."""
    unreadable: int
    """Articles that keep their version: the record is missing, or no article is found in it any more."""
    reopened: int
    """Entries that had been dropped for want of an article; the next collect reads their pages again."""


def reextract(warehouse: Warehouse, settings: Settings, since: datetime) -> ReextractReport:
    """Read again every article whose page was fetched at or after `since`. Safe to stop and to run again.

    Raises WarehouseError; ArchiveError when the archive as a whole can't be used.
    """
    return asyncio.run(_reextract(warehouse, Archive(settings.archive_url), since))


async def _reextract(warehouse: Warehouse, archive: Archive, since: datetime) -> ReextractReport:
    read = changed = unreadable = 0
    lines = cache(partial(lines_of_host, warehouse))
    with ExtractionPool(workers=os.cpu_count() or 1) as pool:
        for group in _groups(warehouse, since):
            rereading = (_reread(warehouse, archive, pool, row, lines(row.host)) for row in group)
            for result in await asyncio.gather(*rereading):
                read += result is not None
                changed += bool(result)
                unreadable += result is None
            log.info("read again: %d articles, %d changed, %d unreadable", read, changed, unreadable)
    with warehouse.transaction() as rows:
        reopened = rows.reopen_unread_entries(since=since, now=rows.database_time())
    return ReextractReport(read=read, changed=changed, unreadable=unreadable, reopened=reopened)


def _groups(warehouse: Warehouse, since: datetime) -> Iterator[list[ArticlesToRereadRow]]:
    after = 0
    while True:
        with warehouse.transaction() as rows:
            group = rows.articles_to_reread(since=since, after=after, n=_AT_A_TIME)
        if not group:
            return
        yield group
        after = group[-1].article_id


async def _reread(
    warehouse: Warehouse,
    archive: Archive,
    pool: ExtractionPool,
    row: ArticlesToRereadRow,
    repeated_lines: Collection[int],
) -> bool | None:
    """Whether the article has a new version now; None when it can't be read."""
    words = known_words(row)
    try:
        page = Page.archived(row, archive)
        article = await read_page(pool, page, words, repeated_lines)
    except (ArchiveError, ExtractionError) as error:
        log.warning("article %d keeps version %d: %s", row.article_id, row.version, error)
        return None
    if not _differs(article, row):
        return False
    with warehouse.transaction() as rows:
        if not rows.advance_version(article_id=row.article_id, version=row.version + 1):
            return False
        insert_version(
            rows,
            row.article_id,
            row.version + 1,
            page.page_id,
            article,
            words,
            now=rows.database_time(),
            diff_ratio=changed_share(row.text, article.text),
        )
    return True


def _differs(article: ExtractedArticle, row: ArticlesToRereadRow) -> bool:
    """Whether anything that was read differs from the current version."""
    authors = tuple(article.authors) or tuple(row.authors)
    names = ("title", "text", "published_at", "modified_at", "language", "canonical_url", "section", "wire", "dateline")
    return authors != tuple(row.authors) or any(getattr(article, name) != getattr(row, name) for name in names)

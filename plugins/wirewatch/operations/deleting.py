"""Deletes one article everywhere, as law may ask.

    its story ─▶ of the others ─▶ rows, words, evidence ─▶ records of the archive ─▶ commit

What stays: the number of the article, who deleted it, when and why (news.deletions), and the identity and address of
its entries, by which it is not collected again. All is one transaction; the archive's records are erased before it is
committed, so that a killed run is repeated as a whole. Files of a cold month are written again without the article; the
old ones are removed after the commit. Backups and exports that were made before still have the
article.
"""

from __future__ import annotations

from dataclasses import dataclass

from wirewatch.copies.batch import LinkBatch
from wirewatch.copies.link_rows import write_links
from wirewatch.copies.story_rows import write_stories
from wirewatch.errors import WirewatchError
from wirewatch.records import ArchiveLocation
from wirewatch.settings import Settings
from wirewatch.text.urls import clean_url, url_key
from wirewatch.warehouse import Transaction, Warehouse, cold
from wirewatch.web.archive import Archive


@dataclass(frozen=True, slots=True)
class ArticleToDelete:
    """An article that is to be deleted."""

    article_id: int
    url: str
    title: str
    outlet: str
    story_id: int | None


@dataclass(frozen=True, slots=True)
class DeletionReport:
    """What `delete_article` did."""

    pages: int
    """Records of the archive that were erased."""
    others: int
    """Articles of its story, or linked with it, whose stories were decided again."""


def find_article(warehouse: Warehouse, named: str) -> ArticleToDelete:
    """The article with a number, or at an address that leads to it. Raises WirewatchError when nothing is found."""
    number, key = (int(named), "") if named.isdecimal() else (-1, _key(named))
    with warehouse.transaction() as rows:
        row = rows.find_article_to_delete(article_id=number, url_key=key)
        deleted = row is None and rows.is_deleted(url_key=key)
    if deleted:
        raise WirewatchError(f"{named}: the article was deleted before: see news.deletions")
    if row is None:
        raise WirewatchError(f"{named}: no article has this number or address; news.articles lists them")
    return ArticleToDelete(row.article_id, row.url, row.title, row.outlet, row.story_id)


def delete_article(
    warehouse: Warehouse, settings: Settings, article: ArticleToDelete, *, by: str, reason: str
) -> DeletionReport:
    """Deletes an article from tables and archive; needs the owner's connection.

    The stories of other articles are right at once by the links that are left; those articles are compared again by the
    next run of `link_copies`, and events by that of `assign_events`. Raises ArchiveError, WarehouseError.
    """
    archive = Archive(settings.archive_url)
    with warehouse.transaction() as rows:
        rows.lock_linking()
        rows.lock_events()
        others = _leave_story(rows, article)
        rows.inherit_merged_stories(article_id=article.article_id)
        rows.delete_stories_of(article_id=article.article_id)
        rows.forget_origin(article_id=article.article_id)
        pages = rows.pages_of_article(article_id=article.article_id)
        remove_old_files = cold.forget_article(rows, article.article_id)
        rows.lock_reviews()
        rows.delete_reviews(article_id=article.article_id)
        rows.unlock_reviews()
        rows.delete_article(article_id=article.article_id, reason=reason, deleted_by=by, now=rows.database_time())
        rows.delete_pages(pages=[page.page_id for page in pages])
        for page in pages:
            archive.erase(ArchiveLocation(page.archive_file, page.archive_offset, page.archive_length, page.digest))
    remove_old_files()
    return DeletionReport(pages=len(pages), others=len(others))


def _leave_story(rows: Transaction, article: ArticleToDelete) -> set[int]:
    """Takes the article out of its story; the others' sources, stories and origins are decided without it."""
    neighbours = {row.article_id for row in rows.detach_article(article_id=article.article_id)}
    stories = [] if article.story_id is None else [article.story_id]
    members = {row.article_id for row in rows.story_members(stories=stories)}
    batch = LinkBatch(rows, rows.database_time(), [])
    _, _, touched = write_links(batch, {neighbour: [] for neighbour in sorted(neighbours)})
    if members | touched:
        write_stories(batch, members | touched)
    if neighbours:
        rows.hand_back(articles=sorted(neighbours))
    return members | neighbours


def _key(url: str) -> str:
    try:
        return url_key(clean_url(url))
    except ValueError as error:
        raise WirewatchError(f"{url!r} is neither the number of an article nor an address: {error}") from error

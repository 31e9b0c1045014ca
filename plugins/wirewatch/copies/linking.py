"""The stage that looks for copies of new and changed articles, links them, and keeps the stories.

One transaction a batch, under one lock for all tasks: a task that is killed leaves nothing half done, and two tasks at
once do what one would. For each new article:

    read ─▶ take out its site's boilerplate ─▶ store its fingerprint ─▶ find candidates ─▶ match ─▶ links ─▶ stories

The links of an earlier article change only by its matches with new ones, so that they are corrected, not found again.
Where a new article shows that a sentence is its site's boilerplate, the few articles that hold it are matched again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from wirewatch.copies import thresholds
from wirewatch.copies.batch import LinkBatch
from wirewatch.copies.candidates import find_candidates, find_matches
from wirewatch.copies.facts import Lexicon
from wirewatch.copies.link_rows import write_links
from wirewatch.copies.matching import METHOD
from wirewatch.copies.site_sentences import remove_boilerplate
from wirewatch.copies.story_rows import write_stories
from wirewatch.settings import Settings
from wirewatch.text.citations import citations_in
from wirewatch.warehouse import Warehouse

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ArticlesToLinkRow

BATCH = 100
"""Articles of one transaction."""

log = logging.getLogger("wirewatch")


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What a call of `link_copies` did."""

    linked: int = 0
    """Articles whose copies were looked for."""
    links: int = 0
    """Links found."""
    links_closed: int = 0
    """Links that something better took the place of, or that no longer hold."""
    stories_opened: int = 0
    stories_merged: int = 0
    oversized: int = 0
    """Articles with so many candidates that only the nearest were looked at."""
    ignored_keys: int = 0
    """Word sequences that so many articles hold that they were not looked at: boilerplate of many sites."""

    def __add__(self, other: LinkReport) -> LinkReport:
        return LinkReport(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def link_copies(
    warehouse: Warehouse, settings: Settings, lexicons: Callable[[], Sequence[Lexicon]], *, now: datetime | None = None
) -> LinkReport:
    """Looks for copies of all articles that wait for it, or for `settings.batch_minutes`.

    `now` is when links begin to hold; by default the time of each batch. `lexicons` gives what knows names in several
    languages, by which translations are found; it is called only when there is work. Raises WarehouseError.
    """
    report = LinkReport()
    with warehouse.transaction() as rows:
        if not rows.unlinked_articles(most=1):
            return report  # before the lexicons are made, which takes a second
    known = lexicons()
    until = monotonic() + 60 * settings.batch_minutes
    while monotonic() < until:
        with warehouse.transaction() as rows:
            done = _link_batch(LinkBatch(rows, now or rows.database_time(), known))
        report += done
        if not done.linked:
            break
    if report.oversized:
        log.warning(
            "%d articles have more than %d candidates: only the nearest were compared",
            report.oversized,
            thresholds.MAX_CANDIDATES,
        )
    if report.ignored_keys:
        log.warning("%d word sequences stand in %d articles or more: ignored", report.ignored_keys, thresholds.COMMON)
    return report


def relink_outdated(
    warehouse: Warehouse, lexicons: Callable[[], Sequence[Lexicon]], *, now: datetime | None = None
) -> LinkReport:
    """Links again what another version of the method fingerprinted, and its copies, batch by batch, until none is left.

    May be stopped at any time: what is done has the new method's fingerprint, and what was handed back is linked by the
    next `link_copies` or `relink_outdated`. New articles that wait are linked as well. Raises WarehouseError.
    """
    known = lexicons()
    report = LinkReport()
    while True:
        with warehouse.transaction() as rows:
            rows.unlink_outdated(method=METHOD, most=BATCH)
            done = _link_batch(LinkBatch(rows, now or rows.database_time(), known))
        if not done.linked:
            return report
        report += done
        log.info("linked again: %d articles", report.linked)


def _link_batch(batch: LinkBatch) -> LinkReport:
    """Does the work of one transaction."""
    batch.rows.lock_linking()
    batch.rows.prefer_indexes()
    fresh = [row.article_id for row in batch.rows.unlinked_articles(most=BATCH)]
    if not fresh:
        return LinkReport()
    batch.work = batch.load(fresh)
    remove_boilerplate(batch)
    candidates = find_candidates(batch)
    batch.others = batch.load(set().union(*candidates.values()) - batch.work.keys())
    found, closed, touched = write_links(batch, find_matches(batch, candidates))
    opened, merged = write_stories(batch, touched)
    batch.rows.mark_events_due(articles=sorted(batch.work))
    batch.rows.insert_citations([row for known in batch.work.values() for row in _citations(known.row)])
    versions = [(known.row.article_id, known.row.version, batch.now) for known in batch.work.values()]
    batch.rows.mark_linked(sorted(versions))
    return LinkReport(len(fresh), found, closed, opened, merged, batch.oversized, batch.ignored_keys)


def _citations(row: ArticlesToLinkRow) -> Iterator[tuple[Any, ...]]:
    """The rows of whom an article cites."""
    for field, text in (("title", row.title), ("text", row.text)):
        for found in citations_in(text):
            yield row.article_id, row.version, found.cited, found.kind, field, found.start, found.end

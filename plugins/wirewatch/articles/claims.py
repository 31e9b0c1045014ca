"""The entries of one shard that wait, and what becomes of each: every change of state is one short transaction.

A try counts only when the other side failed it. A worker that dies leaves a lease that ends by itself, and its entries
count a crash; a fault on our side gives them back as they were.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wirewatch.articles.fairness import Waiting
from wirewatch.articles.pages import FeedWords
from wirewatch.articles.retries import MOST_CRASHES, SUSPECT_AFTER, next_try_after_error
from wirewatch.articles.revisiting import DueArticle
from wirewatch.errors import ArchiveError, HostBusy
from wirewatch.records import DateCandidate, DropReason, clean_text
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.pausing import is_outage

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ClaimEntryRow, ClaimFetchedEntriesRow, GetPageRow, OwnWordsRow

log = logging.getLogger("wirewatch")

_MAX_DETAIL = 1_000

WHOLE_TEXT = 600
"""Characters from which a text in a feed is taken for the article and not for its beginning."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An entry that this worker holds."""

    entry_id: int
    feed_id: int
    url: str
    url_key: str
    host: str
    attempts: int
    """Tries that failed before."""
    page_id: int | None
    words: FeedWords
    content: str | None
    """The text itself where the feed carries it, HTML."""

    @classmethod
    def from_row(cls, row: ClaimEntryRow | ClaimFetchedEntriesRow) -> Claim:
        words = words_of(row)
        return cls(
            row.entry_id,
            row.feed_id,
            row.url,
            row.url_key,
            row.host,
            row.attempts,
            row.page_id,
            words,
            row.content,
        )


def words_of(row: ClaimEntryRow | ClaimFetchedEntriesRow | OwnWordsRow) -> FeedWords:
    """What a feed said of an entry."""
    return FeedWords(
        title=row.title,
        authors=tuple(row.authors),
        language=row.language,
        dates=tuple(map(DateCandidate.from_json, row.dates)),
        zone=row.timezone,
    )


class Claims:
    """What one worker, called `by`, holds of one shard of hosts. `counts` is kept by name, drops also by reason."""

    def __init__(self, warehouse: Warehouse, shard: int, shards: int, *, by: str, lease: timedelta) -> None:
        self._warehouse = warehouse
        self._shard = {"shard": shard, "shards": shards}
        self.by = by
        self._lease = lease
        self.counts: Counter[str] = Counter()

    def settle_without_visit(self, max_age_days: int) -> None:
        """End what needs no visit: known addresses, old entries, and those that killed their worker again and again."""
        now = self._warehouse.now()
        with self._warehouse.transaction() as rows:
            self.counts["adopted"] += rows.adopt_known_entries(**self._shard, now=now)
            old = rows.drop_old_entries(**self._shard, days=max_age_days, now=now)
            deadly = rows.drop_crashing_entries(**self._shard, crashes=MOST_CRASHES, now=now)
        self._count_drops(DropReason.TOO_OLD, old)
        self._count_drops(DropReason.RETRIES_EXHAUSTED, deadly)

    def network_is_away(self) -> bool:
        """Whether polls found that no host answers: then no visit is made, and no attempt counted."""
        with self._warehouse.transaction() as rows:
            return is_outage(rows)

    def waiting(self, *, suspect: bool) -> list[Waiting]:
        """Where entries wait; `suspect` are those whose worker died in each of their last visits.

        Of suspects, those with the fewest crashes: whatever kills workers, then, is not charged to one of them.
        """
        with self._warehouse.transaction() as rows:
            found = rows.waiting_by_feed(
                **self._shard, suspect=suspect, crashes=SUSPECT_AFTER, now=rows.database_time()
            )
        fewest = min((row.crashes for row in found), default=0)
        return [Waiting(row.feed_id, row.host) for row in found if not suspect or row.crashes == fewest]

    def at_host(self, host: str, feeds: Iterable[int], *, suspect: bool) -> Claim | None:
        """Claim the next entry at `host` of the first of `feeds` that has one."""
        now = self._warehouse.now()
        for feed_id in feeds:
            with self._warehouse.statement() as rows:
                row = rows.claim_entry(
                    host=host,
                    feed_id=feed_id,
                    suspect=suspect,
                    crashes=SUSPECT_AFTER,
                    by=self.by,
                    until=now + self._lease,
                    now=now,
                )
            if row is not None:
                return Claim.from_row(row)
        return None

    def fetched(self, n: int, *, suspect: bool, imported: bool = False) -> list[tuple[Claim, GetPageRow]]:
        """Claim up to `n` entries whose page is in the archive already, each with the row of its page.

        `imported` ones came with their page, of the others the worker died.
        """
        now = self._warehouse.now()
        with self._warehouse.transaction() as rows:
            claimed = rows.claim_fetched_entries(
                **self._shard,
                suspect=suspect,
                imported=imported,
                crashes=SUSPECT_AFTER,
                by=self.by,
                until=now + self._lease,
                n=n,
                now=now,
            )
            return [(Claim.from_row(row), rows.get_page(page_id=row.page_id)) for row in claimed]

    def revisit(self, busy: list[str]) -> DueArticle | None:
        """Claim the next article to look at again, at a host that is not `busy`."""
        now = self._warehouse.now()
        with self._warehouse.transaction() as rows:
            row = rows.claim_revisit(**self._shard, busy=busy, until=now + self._lease, now=now)
        return DueArticle.from_row(row) if row else None

    def adopt(self, entry: Claim, url_key: str) -> bool:
        """Whether the address that an entry led to has an article, or had one that was deleted; the entry ends then."""
        with self._warehouse.transaction() as rows:
            article_id = rows.find_article(url_key=url_key)
            deleted = article_id is None and rows.is_deleted(url_key=url_key)
            if article_id is not None:
                self.counts["adopted"] += rows.finish_entries(
                    url_keys=[entry.url_key], article_id=article_id, now=rows.database_time()
                )
        if deleted:
            self.drop(entry, DropReason.DELETED, "its address leads to an article that was deleted")
        return deleted or article_id is not None

    def retry(self, entry: Claim, again_at: datetime, detail: str) -> None:
        """Put an entry back after a try that the other side failed."""
        with self._warehouse.transaction() as rows:
            rows.retry_entry(
                entry_id=entry.entry_id,
                by=self.by,
                url=entry.url,
                url_key=entry.url_key,
                next_try_at=again_at,
                detail=clean_text(detail)[:_MAX_DETAIL],
                now=rows.database_time(),
            )
        self.counts["put_off"] += 1

    def drop(self, entry: Claim, reason: DropReason, detail: str) -> None:
        """End an entry without an article."""
        with self._warehouse.transaction() as rows:
            dropped = rows.drop_entry(
                entry_id=entry.entry_id,
                by=self.by,
                url=entry.url,
                url_key=entry.url_key,
                reason=reason.value,
                detail=clean_text(detail)[:_MAX_DETAIL],
                whole_text=WHOLE_TEXT,
                now=rows.database_time(),
            )
        self._count_drops(reason, dropped)

    def contain(self, entry: Claim, error: Exception) -> None:
        """Let an unexpected error end this entry's try alone: traceback to the log, reason to the ledger."""
        log.error("%s: an error that is not expected; the others go on", entry.url, exc_info=error)
        detail = f"{entry.url}: {type(error).__name__}: {error}"
        again_at = next_try_after_error(entry.attempts + 1, self._warehouse.now())
        if again_at is None:
            self.drop(entry, DropReason.EXTRACTION_FAILED, detail)
        else:
            self.retry(entry, again_at, detail)

    def release(self, entry: Claim, error: HostBusy) -> None:
        """Give an entry back unvisited."""
        now = self._warehouse.now()
        until = now + timedelta(seconds=error.retry_after_s or 0.0)
        with self._warehouse.transaction() as rows:
            rows.release_entry(entry_id=entry.entry_id, by=self.by, next_try_at=until, detail=str(error), now=now)
        self.counts["put_off"] += 1

    def refetch(self, entry: Claim, error: ArchiveError) -> None:
        """Have a page fetched again of which the archive has no whole record."""
        with self._warehouse.transaction() as rows:
            rows.refetch_entry(entry_id=entry.entry_id, by=self.by, detail=str(error), now=rows.database_time())

    def put_off_host(self, host: str, seconds: float) -> None:
        """Let what waits at a host wait longer, uncounted."""
        with self._warehouse.transaction() as rows:
            now = rows.database_time()
            self.counts["put_off"] += rows.put_off_host(host=host, until=now + timedelta(seconds=seconds), now=now)

    def release_all(self) -> None:
        """Give everything back as it was, after a fault on our side."""
        with self._warehouse.transaction() as rows:
            rows.release_claims(by=self.by, now=rows.database_time())
            rows.release_turns(by=self.by)

    def _count_drops(self, reason: DropReason, n: int) -> None:
        self.counts["dropped"] += n
        if n:
            self.counts[reason] += n

"""The stage that turns entries into articles.

    new ─ claim ─▶ fetching ─ visit ─▶ page in the archive ─▶ fetched ─ read ─▶ article, version ─▶ extracted
          └ known already: adopted            └ failed: tried again later, or dropped with its reason

Each arrow that changes a state is one short transaction; none is open while the web answers or a page is read. A
worker may be killed at any instruction: a claim returns when its lease ends, a page that reached the archive is read
from there, and an address that has an article already is never made into a second one.

An error at one host or page ends that one. Only the loss of the database or of the archive ends a task; then its claims
go back as they were, and nothing counts as a try.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from wirewatch.articles.claims import Claims
from wirewatch.articles.extracting import Extractor
from wirewatch.articles.fairness import FairQueue, Waiting
from wirewatch.articles.keeping import PageKeeper
from wirewatch.articles.pages import Page
from wirewatch.articles.reading import ReadingLanes
from wirewatch.articles.revisiting import DueArticle, Revisitor, RevisitResult
from wirewatch.articles.visiting import PATIENCE_S, HostVisits
from wirewatch.errors import ArchiveError, ArchiveUnavailable, is_ours
from wirewatch.records import DropReason
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.pausing import pausing, through_restarts
from wirewatch.web.archive import Archive
from wirewatch.web.client import RequestLimits, WebClient
from wirewatch.web.disk import Disk
from wirewatch.web.large import LargeBodies
from wirewatch.web.politeness import worker_name
from wirewatch.web.visitor import Visitor

log = logging.getLogger("wirewatch")

_VISITS = 32
"""Hosts that one task visits at a time."""

_VISITS_PER_FEED = 8
"""Of these, for the entries of one feed: one feed with many slow hosts must not hold up the others."""

_LARGE_PAGES = 3
"""Pages of more than 1 MiB that one task holds at a time; with _VISITS and _READING it bounds the task's memory."""

_READERS = 1
"""Child processes per task that read pages; tasks run side by side already."""

_READING = _VISITS
"""Pages that wait for a reader or are being read: one for each host, so that hosts that answer at the same moment do
not hold one another up."""

_LEASE = timedelta(minutes=10)
"""Longer than a visit with its waits, or the reading of a page with its queue, can take."""

_LOOK_AGAIN_S = 2.0
"""How often a task looks whether new entries wait while its visits go on."""


@dataclass(frozen=True, slots=True)
class CollectReport:
    """What one task did, in numbers of entries and pages."""

    adopted: int = 0
    """Entries whose address had an article already."""
    fetched: int = 0
    """Pages fetched into the archive."""
    extracted: int = 0
    """New articles."""
    put_off: int = 0
    """Entries to be tried again later."""
    dropped: int = 0
    """Entries that ended without an article."""
    revisited: int = 0
    """Articles looked at again."""
    changed: int = 0
    """Of these, with a new version."""
    vanished: int = 0
    """Of these, gone from the web."""


def waiting_shards(warehouse: Warehouse, shards: int, *, now: datetime | None = None) -> list[int]:
    """The shards, 0 to `shards` - 1, that have work for `collect_shard` at `now` (by default: now)."""
    with warehouse.transaction() as rows:
        return [row.shard for row in rows.waiting_shards(shards=shards, now=now or rows.database_time())]


def collect_shard(warehouse: Warehouse, settings: Settings, shard: int, shards: int) -> CollectReport:
    """Fetch and read what waits in one shard of hosts, until nothing is left or `settings.batch_minutes` have passed.

    Raises WarehouseError and ArchiveError, which are ours to fix: the stage is paused and says so. Whatever a site or
    a page does ends in the ledger.
    """
    claims = Claims(warehouse, shard, shards, by=worker_name(), lease=_LEASE)
    deadline = monotonic() + 60 * settings.batch_minutes
    name = f"collect-{shard}-{os.getpid()}"
    with pausing(warehouse, "collect"):
        through_restarts(
            warehouse,
            lambda: asyncio.run(_collect(warehouse, settings, claims, deadline, name=name)),
            give_back=claims.release_all,
            deadline=deadline,
        )
    return _report(claims.counts, shard, shards)


def _report(counts: Counter[str], shard: int, shards: int) -> CollectReport:
    report = CollectReport(**{name: counts[name] for name in CollectReport.__dataclass_fields__})
    reasons = ", ".join(f"{reason} {n}" for reason, n in sorted(counts.items()) if isinstance(reason, DropReason))
    log.info(
        "shard %d of %d: %d adopted, %d pages fetched, %d new articles, %d put off, %d dropped%s; "
        "%d looked at again, %d changed, %d vanished",
        shard,
        shards,
        report.adopted,
        report.fetched,
        report.extracted,
        report.put_off,
        report.dropped,
        f" ({reasons})" if reasons else "",
        report.revisited,
        report.changed,
        report.vanished,
    )
    return report


async def _collect(warehouse: Warehouse, settings: Settings, claims: Claims, deadline: float, *, name: str) -> None:
    """One run over one shard, in order: what needs no visit, pages in the archive, visits, and last the suspects."""
    archive = Archive(settings.archive_url)
    archive.check_writable()
    claims.settle_without_visit(settings.max_age_days)
    with archive.batch(name) as batch, ReadingLanes(workers=_READERS) as pool:
        async with (
            WebClient(settings, limits=RequestLimits(connections=_VISITS)) as client,
            PageKeeper(warehouse, batch, by=claims.by, lease=_LEASE) as keeper,
        ):
            visitor = Visitor(warehouse, settings, client, by=claims.by)
            large, disk = LargeBodies(_LARGE_PAGES), Disk(settings)
            for suspect in (False, True):
                queue = FairQueue(per_feed=_VISITS_PER_FEED)
                async with Extractor(warehouse, claims, pool, at_once=1 if suspect else _READING) as extractor:
                    await _read_fetched(claims, archive, extractor, deadline, suspect=suspect)
                    visits = HostVisits(warehouse, claims, queue, visitor, keeper, extractor, large=large)
                    revisitor = Revisitor(
                        warehouse, visitor, keeper, pool, large=large, reading=extractor.room, patience_s=PATIENCE_S
                    )
                    await _Run(claims, queue, visits, revisitor, disk, deadline, suspect).visit_all()
                    # The past can wait: what feeds list now goes first.
                    await _read_fetched(claims, archive, extractor, deadline, suspect=suspect, imported=True)


async def _read_fetched(
    claims: Claims, archive: Archive, extractor: Extractor, deadline: float, *, suspect: bool, imported: bool = False
) -> None:
    """Read the pages that are in the archive: imported ones, or those whose worker died before it read them."""
    n = 1 if suspect else _READING
    while monotonic() < deadline and (claimed := claims.fetched(n, suspect=suspect, imported=imported)):
        for entry, row in claimed:
            try:
                page = Page.archived(row, archive)
            except ArchiveUnavailable:
                raise
            except ArchiveError as error:
                claims.refetch(entry, error)
                continue
            await extractor.start(entry, page)


@dataclass(slots=True)
class _Run:
    """The visits of one run: to whom next, and how many at a time."""

    claims: Claims
    queue: FairQueue
    visits: HostVisits
    revisitor: Revisitor
    disk: Disk
    deadline: float
    suspect: bool
    """Whether these are the visits to entries whose worker died in each of their last ones: one at a time."""
    _looked_at: float = float("-inf")
    _network_is_away: bool = False
    _nothing_at: dict[str, float] = field(default_factory=dict)
    """Hosts at which entries wait that can't be claimed now, and when that was seen."""

    async def visit_all(self) -> None:
        """Keep visits under way until nothing waits any more, or the time or the disk is at its end."""
        most = 1 if self.suspect else _VISITS
        async with asyncio.TaskGroup() as group:
            running: set[asyncio.Task[None]] = set()
            while True:
                while len(running) < most and (work := self._next(idle=not running)) is not None:
                    running.add(group.create_task(self._visit(work)))
                if not running:
                    return
                _, running = await asyncio.wait(running, timeout=_LOOK_AGAIN_S, return_when=asyncio.FIRST_COMPLETED)

    def _next(self, *, idle: bool) -> Waiting | DueArticle | None:
        """Whom to visit next: entries first, then articles to look at again."""
        if monotonic() - self._looked_at > _LOOK_AGAIN_S:
            self._look()
        if self._is_over():
            return None
        found = self.queue.next()
        if found is None and idle:
            self._look()
            found = self.queue.next()
        if found is not None or self.suspect:
            return found
        article = None if self._network_is_away else self.claims.revisit(self.queue.busy)
        if article is not None:
            self.queue.begin(article.host)
        return article

    def _look(self) -> None:
        self._looked_at = monotonic()
        self._network_is_away = self.claims.network_is_away()
        if self._network_is_away:
            log.warning("no visit is made: no host answers the polls; nothing is lost, and no attempt is counted")
            return
        passed_over = {host for host, at in self._nothing_at.items() if self._looked_at - at < _LOOK_AGAIN_S}
        waiting = self.claims.waiting(suspect=self.suspect)
        self.queue.refill(one for one in waiting if one.host not in passed_over)

    def _is_over(self) -> bool:
        return self._network_is_away or monotonic() > self.deadline or not self.disk.has_room()

    async def _visit(self, work: Waiting | DueArticle) -> None:
        try:
            if isinstance(work, DueArticle):
                await self._revisit(work)
            elif not await self.visits.visit(work, self._is_over, suspect=self.suspect):
                self._nothing_at[work.host] = monotonic()
        finally:
            self.queue.end(work.host)

    async def _revisit(self, article: DueArticle) -> None:
        try:
            finding = await self.revisitor.visit(article)
        except Exception as error:
            if is_ours(error):
                raise
            # Its lease ends by itself, and then it is looked at again.
            log.error("%s: an error that is not expected; the others go on", article.url, exc_info=error)
            finding = RevisitResult.NOTHING
        self.claims.counts["revisited"] += 1
        self.claims.counts["changed"] += finding is RevisitResult.CHANGED
        self.claims.counts["vanished"] += finding is RevisitResult.VANISHED

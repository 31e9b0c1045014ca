"""The stage that turns entries into articles.

    new ─ claim ─▶ fetching ─ visit ─▶ page in the archive ─▶ fetched ─ read ─▶ article, version ─▶ extracted
          └ known already: adopted            └ failed: tried again later, or dropped with its reason

Each arrow that changes a state is one short transaction; none is open while the web answers or a page is read. A
worker may be killed at any instruction: a claim returns when its lease ends, a page that reached the archive is read
from there, and an address that has an article already is never made into a second one.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from wirewatch.articles.keeping import PageKeeper
from wirewatch.articles.pages import FeedWords, Page, read_page
from wirewatch.articles.reading import ExtractionPool
from wirewatch.articles.retries import MOST_TRIES, drop_reason, next_try
from wirewatch.articles.revisiting import DueArticle, Finding, Revisitor
from wirewatch.articles.site_boilerplate import lines_of_host
from wirewatch.articles.storing import store_article
from wirewatch.errors import (
    ArchiveError,
    ExtractionError,
    FetchError,
    HostBusy,
    WarehouseError,
    WarehouseUnavailable,
)
from wirewatch.records import DateCandidate, DropReason, ExtractedArticle, FetchFailure, Response
from wirewatch.settings import Settings
from wirewatch.text.urls import url_key
from wirewatch.warehouse import Warehouse
from wirewatch.web.archive import Archive
from wirewatch.web.client import Limits, WebClient
from wirewatch.web.disk import Disk
from wirewatch.web.large import LargeBodies, Place
from wirewatch.web.politeness import worker_name
from wirewatch.web.visitor import Visitor

log = logging.getLogger("wirewatch")

_VISITS = 32
"""Hosts that one task visits at a time."""

_LARGE_PAGES = 3
"""Pages of more than 1 MiB that one task holds at a time; with _VISITS and _READING it bounds the task's memory."""

_READERS = 1
"""Child processes per task that read pages; tasks run side by side already."""

_READING = _VISITS
"""Pages that wait for a reader or are being read: one for each host, so that hosts that answer at the same moment do
not hold one another up."""

_LEASE = timedelta(minutes=10)
"""Longer than a visit with its waits, or the reading of a page with its queue, can take."""

_PATIENCE_S = 60.0
"""How long a visit waits for its host's turn before it lets others go first."""

_HOST_REST_S = 600.0
"""How long a host that is down is left alone."""

_FAILURES_OF_A_HOST = 2
"""Failures in a row after which a host is taken to be down."""

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

_WHOLE_TEXT = 600
"""Characters from which a text in a feed is taken for the article and not for its beginning."""

_HOST_DOWN = frozenset({FetchFailure.UNREACHABLE, FetchFailure.TIMEOUT, FetchFailure.TLS})


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


@dataclass(frozen=True, slots=True)
class _Claim:
    """An entry that this worker holds."""

    entry_id: int
    url: str
    url_key: str
    host: str
    attempts: int
    """Fetches tried, this one included."""
    page_id: int | None
    words: FeedWords
    content: str | None
    """The text itself where the feed carries it, HTML."""

    @classmethod
    def from_row(cls, row: Any) -> _Claim:
        words = FeedWords(
            title=row.title,
            authors=tuple(row.authors),
            language=row.language,
            dates=tuple(map(DateCandidate.from_json, row.dates)),
            zone=row.timezone,
        )
        return cls(row.entry_id, row.url, row.url_key, row.host, row.attempts, row.page_id, words, row.content)


def waiting_shards(warehouse: Warehouse, shards: int, *, now: datetime | None = None) -> list[int]:
    """The shards, 0 to `shards` - 1, that have work for `collect_shard` at `now` (by default: now)."""
    with warehouse.transaction() as rows:
        return [row.shard for row in rows.waiting_shards(shards=shards, now=now or rows.database_time())]


def collect_shard(warehouse: Warehouse, settings: Settings, shard: int, shards: int) -> CollectReport:
    """Fetch and read what waits in one shard of hosts, until nothing is left or `settings.batch_minutes` have passed.

    Raises WarehouseError and ArchiveError, which are ours to mend; whatever a site or a page does ends in the ledger.
    """
    by = worker_name()
    name = f"collect-{shard}-{os.getpid()}"
    try:
        counts = asyncio.run(_collect(warehouse, settings, shard, shards, by=by, name=name))
    except BaseExceptionGroup as group:
        # Workers end together; the first error is the cause, the others are its echoes.
        raise _first(group) from group
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


def _first(group: BaseExceptionGroup) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _collect(
    warehouse: Warehouse, settings: Settings, shard: int, shards: int, *, by: str, name: str
) -> Counter[str]:
    archive = Archive(settings.archive_url)
    with archive.batch(name) as batch, ExtractionPool(workers=_READERS) as pool:
        async with (
            WebClient(settings, limits=Limits(connections=_VISITS)) as client,
            PageKeeper(warehouse, batch, by=by, lease=_LEASE) as keeper,
        ):
            visitor = Visitor(warehouse, settings, client, by=by)
            task = _Task(warehouse, settings, shard, shards, by, archive, visitor, keeper, pool)
            return await task.run()


class _Task:
    """One run over one shard."""

    def __init__(
        self,
        warehouse: Warehouse,
        settings: Settings,
        shard: int,
        shards: int,
        by: str,
        archive: Archive,
        visitor: Visitor,
        keeper: PageKeeper,
        pool: ExtractionPool,
    ) -> None:
        self._warehouse = warehouse
        self._settings = settings
        self._shard = {"shard": shard, "shards": shards}
        self._by = by
        self._archive = archive
        self._visitor = visitor
        self._keeper = keeper
        self._pool = pool
        self._busy: set[str] = set()
        self._reading = asyncio.Semaphore(_READING)
        self._large = LargeBodies(_LARGE_PAGES)
        self._revisitor = Revisitor(
            warehouse, visitor, keeper, pool, large=self._large, reading=self._reading, patience_s=_PATIENCE_S
        )
        self._repeated_lines: dict[str, frozenset[int]] = {}
        self._disk = Disk(settings)
        self._deadline = monotonic() + 60 * settings.batch_minutes
        self._counts: Counter[str] = Counter()

    async def run(self) -> Counter[str]:
        """The pipe, in order; returns the counts by name, and the drops also by reason."""
        self._settle_without_visit()
        async with asyncio.TaskGroup() as readings:
            await self._read_fetched(readings)
            async with asyncio.TaskGroup() as workers:
                for _ in range(_VISITS):
                    workers.create_task(self._visit_hosts(readings))
        return self._counts

    def _settle_without_visit(self) -> None:
        now = self._warehouse.now()
        with self._warehouse.transaction() as rows:
            self._counts["adopted"] += rows.adopt_known_entries(**self._shard, now=now)
            old = rows.drop_old_entries(**self._shard, days=self._settings.max_age_days, now=now)
            worn_out = rows.drop_worn_out_entries(**self._shard, attempts=MOST_TRIES, now=now)
        self._count_drops(DropReason.TOO_OLD, old)
        self._count_drops(DropReason.RETRIES_EXHAUSTED, worn_out)

    async def _read_fetched(self, readings: asyncio.TaskGroup) -> None:
        """Read the pages of entries whose worker died between fetching and reading: from the archive."""
        while monotonic() < self._deadline:
            now = self._warehouse.now()
            with self._warehouse.transaction() as rows:
                claimed = rows.claim_fetched_entries(
                    **self._shard, by=self._by, until=now + _LEASE, n=_READING, now=now
                )
            if not claimed:
                return
            for entry in (_Claim.from_row(row) for row in claimed):
                with self._warehouse.transaction() as rows:
                    row = rows.get_page(page_id=entry.page_id)
                try:
                    page = Page.archived(row, self._archive)
                except ArchiveError as error:
                    self._put_back(entry, self._warehouse.now(), str(error))
                    continue
                await self._start_reading(readings, entry, page)

    async def _visit_hosts(self, readings: asyncio.TaskGroup) -> None:
        """One of the workers: takes the host that has waited longest, and then the next, until none is left."""
        while (work := self._claim(host=None) or self._claim_revisit()) is not None:
            self._busy.add(work.host)
            try:
                if isinstance(work, DueArticle):
                    self._note(await self._revisitor.visit(work))
                else:
                    await self._visit_host(work, readings)
            finally:
                self._busy.discard(work.host)

    def _note(self, finding: Finding) -> None:
        self._counts["revisited"] += 1
        self._counts["changed"] += finding is Finding.CHANGED
        self._counts["vanished"] += finding is Finding.VANISHED

    def _is_over(self) -> bool:
        return monotonic() > self._deadline or not self._disk.has_room()

    def _claim_revisit(self) -> DueArticle | None:
        """The next article to look at again; new entries come first."""
        if self._is_over():
            return None
        now = self._warehouse.now()
        with self._warehouse.transaction() as rows:
            row = rows.claim_revisit(**self._shard, busy=list(self._busy), until=now + _LEASE, now=now)
        return DueArticle.from_row(row) if row else None

    def _claim(self, host: str | None) -> _Claim | None:
        """The next entry to fetch at `host`, or at any host that no other worker visits; None at the end."""
        if self._is_over():
            return None
        now = self._warehouse.now()
        lease = {"by": self._by, "until": now + _LEASE, "now": now}
        with self._warehouse.statement() as rows:
            if host is None:
                row = rows.claim_entry(**self._shard, busy=list(self._busy), **lease)
            else:
                row = rows.claim_entry_at(host=host, **lease)
        return _Claim.from_row(row) if row else None

    async def _visit_host(self, first: _Claim, readings: asyncio.TaskGroup) -> None:
        """Fetch what waits at one host, one page after the other, as long as it answers."""
        host, failures = first.host, 0
        entry: _Claim | None = first
        while entry is not None:
            error = await self._visit_entry(entry, readings)
            if error is not None and error.host != host:
                error = None  # a redirect led to a host that failed; this one did not
            failures = failures + 1 if error is not None and error.reason in _HOST_DOWN else 0
            rest_s = error.retry_after_s if error is not None else None
            if rest_s is None and failures == _FAILURES_OF_A_HOST:
                rest_s = _HOST_REST_S
            if rest_s is not None:
                self._put_off(host, self._warehouse.now() + timedelta(seconds=rest_s))
                return
            entry = self._claim(host)

    async def _visit_entry(self, entry: _Claim, readings: asyncio.TaskGroup) -> FetchError | None:
        """Fetch one page and have it read; returns how it failed."""
        async with self._large.visit() as place:
            try:
                response = await self._visitor.get(entry.url, patience_s=_PATIENCE_S, on_large=place.take)
            except HostBusy as error:
                self._release(entry, error)
                return error
            except FetchError as error:
                await self._fetch_failed(entry, error)
                return error
            await self._fetched(entry, response, place, readings)
            return None

    async def _fetched(self, entry: _Claim, response: Response, place: Place, readings: asyncio.TaskGroup) -> None:
        if _is_front_page(response.final_url) and not _is_front_page(entry.url):
            self._drop(entry, DropReason.GONE, f"{entry.url}: leads to the front page {response.final_url}")
            return
        if self._adopt_target(entry, response.final_url):
            return
        page_id = await self._keeper.keep(response, entry_id=entry.entry_id)
        if page_id is None:
            log.warning("%s: its lease ended during the visit; another worker has it", entry.url)
            return
        self._counts["fetched"] += 1
        page = Page.fetched(page_id, response)
        if place.taken:
            await self._reading.acquire()
            await self._read(entry, page)
        else:
            await self._start_reading(readings, entry, page)

    def _adopt_target(self, entry: _Claim, final_url: str) -> bool:
        """Whether a redirect led to an address that has an article; the entry takes it then."""
        try:
            key = url_key(final_url)
        except ValueError as error:
            self._drop(entry, DropReason.BAD_URL, f"{entry.url}: leads to {error}")
            return True
        if key == entry.url_key:
            return False
        with self._warehouse.transaction() as rows:
            article_id = rows.find_article(url_key=key)
            if article_id is None:
                return False
            self._counts["adopted"] += rows.finish_entries(
                url_keys=[entry.url_key], article_id=article_id, now=rows.database_time()
            )
        return True

    async def _start_reading(self, readings: asyncio.TaskGroup, entry: _Claim, page: Page) -> None:
        """Hand a page to the readers; waits while they have enough to do, so that pages don't pile up in memory."""
        await self._reading.acquire()
        readings.create_task(self._read(entry, page))

    async def _read(self, entry: _Claim, page: Page) -> None:
        try:
            article = await read_page(self._pool, page, entry.words, self._lines_of(entry.host))
        except ExtractionError as error:
            await self._give_up(entry, DropReason(error.reason), str(error))
        else:
            self._store(entry, page, article)
        finally:
            self._reading.release()

    def _store(self, entry: _Claim, page: Page, article: ExtractedArticle) -> None:
        try:
            new = store_article(self._warehouse, entry.url_key, page, article, entry.words)
            self._counts["extracted" if new else "adopted"] += 1
        except WarehouseUnavailable:
            raise
        except WarehouseError as error:
            # One article that the database won't have must not cost the others.
            log.error("%s: %s", page.final_url, error)
            self._drop(entry, DropReason.EXTRACTION_FAILED, str(error))

    async def _fetch_failed(self, entry: _Claim, error: FetchError) -> None:
        again_at = next_try(error, entry.attempts, self._warehouse.now())
        if again_at is None:
            await self._give_up(entry, drop_reason(error), str(error))
        else:
            self._put_back(entry, again_at, str(error))

    async def _give_up(self, entry: _Claim, reason: DropReason, detail: str) -> None:
        """Take the text that the feed carried where the page can't be had; without one, drop the entry."""
        if entry.content and len(entry.content) >= _WHOLE_TEXT and reason in _FEED_CAN_HELP:
            page = Page.from_feed(entry.url, entry.words.title or "", entry.content, self._warehouse.now())
            try:
                article = await read_page(self._pool, page, entry.words, self._lines_of(entry.host))
            except ExtractionError as error:
                detail = f"{detail}; nor does the text in the feed help: {error}"
            else:
                if len(article.text) >= _WHOLE_TEXT:
                    self._store(entry, page, article)
                    return
        self._drop(entry, reason, detail)

    def _lines_of(self, host: str) -> frozenset[int]:
        if host not in self._repeated_lines:
            self._repeated_lines[host] = lines_of_host(self._warehouse, host)
        return self._repeated_lines[host]

    def _put_back(self, entry: _Claim, again_at: datetime, detail: str) -> None:
        with self._warehouse.transaction() as rows:
            rows.retry_entry(
                entry_id=entry.entry_id,
                by=self._by,
                url=entry.url,
                url_key=entry.url_key,
                next_try_at=again_at,
                detail=detail,
                now=rows.database_time(),
            )
        self._counts["put_off"] += 1

    def _drop(self, entry: _Claim, reason: DropReason, detail: str) -> None:
        with self._warehouse.transaction() as rows:
            dropped = rows.drop_entry(
                entry_id=entry.entry_id,
                by=self._by,
                url=entry.url,
                url_key=entry.url_key,
                reason=reason.value,
                detail=detail,
                now=rows.database_time(),
            )
        self._count_drops(reason, dropped)

    def _count_drops(self, reason: DropReason, n: int) -> None:
        self._counts["dropped"] += n
        if n:
            self._counts[reason] += n

    def _release(self, entry: _Claim, error: HostBusy) -> None:
        """Give an entry back unvisited."""
        now = self._warehouse.now()
        until = now + timedelta(seconds=error.retry_after_s or 0.0)
        with self._warehouse.transaction() as rows:
            rows.release_entry(entry_id=entry.entry_id, by=self._by, next_try_at=until, detail=str(error), now=now)
        self._counts["put_off"] += 1

    def _put_off(self, host: str, until: datetime) -> None:
        with self._warehouse.transaction() as rows:
            self._counts["put_off"] += rows.put_off_host(host=host, until=until, now=rows.database_time())


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query

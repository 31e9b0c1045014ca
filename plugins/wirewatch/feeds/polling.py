"""The stage that polls feeds.

    due feed ─ claim ─▶ visit ─▶ bytes ─ parse ─▶ entries ─ record ─▶ ingest.entry, ingest.poll, next poll
                          └ failed: a health state and a later poll; never an end

A claim is one statement with a lease; no transaction is open while a server answers; what a visit found is one
transaction of its own. So a worker may be killed at any instruction: its claims return, and a poll that is repeated
finds the same entries. Failures without any answer are recorded last, when it is known whether most hosts were silent
at once: then the fault is ours, and they count against no feed.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wirewatch.errors import FetchError, HostBusy, is_ours
from wirewatch.feeds import asking, health, schedule
from wirewatch.feeds.reading import FeedReader
from wirewatch.feeds.recording import PollVisit, Recorded, record_visit
from wirewatch.feeds.registry import Feed, Outlet, Registry, load_registry
from wirewatch.records import FetchFailure, Response, clean_text
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.connection import json_value
from wirewatch.warehouse.pausing import end_outage, note_outage, pausing, through_restarts
from wirewatch.web.client import Accept, RequestLimits, WebClient
from wirewatch.web.disk import Disk
from wirewatch.web.politeness import worker_name
from wirewatch.web.visitor import Visitor

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ClaimFeedsRow

log = logging.getLogger("wirewatch")

MAX_FEED_BYTES = 8 * 1024 * 1024
"""The largest real feed seen has 600 kB."""

_VISITS = 24
"""Visits of one task at a time. Times the size of a feed, it bounds the task's memory."""

_LEASE = timedelta(minutes=15)
"""Longer than a visit with its waits and redirects, and the end of the run, can take."""

_PATIENCE_S = 120.0
"""How long a visit waits for its host's turn."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a registry changed."""

    outlets: int = 0
    """Outlets in force."""
    feeds: int = 0
    """Feeds in force."""
    feeds_added: int = 0
    feeds_retired: int = 0


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one task did."""

    feeds: int = 0
    """Feeds polled."""
    entries_new: int = 0
    entries_changed: int = 0
    unchanged: int = 0
    """Feeds that had nothing new."""
    failed: int = 0
    """Feeds that brought no document."""
    overflows: int = 0
    """Feeds that may have listed items which nobody saw."""
    put_off: int = 0
    """Feeds whose host had no turn for us."""
    uncounted: int = 0
    """Failures that count against no feed, since most hosts were silent at once."""


def sync_feeds_file(warehouse: Warehouse, settings: Settings) -> SyncReport:
    """Bring the file `settings.feeds` into force.

    Raises FileProblems with every mistake in it: then the last good registry stays in force.
    """
    return sync_registry(warehouse, load_registry(settings.feeds), now=warehouse.now())


def sync_registry(warehouse: Warehouse, registry: Registry, *, now: datetime) -> SyncReport:
    """Bring `registry` into force: add, change and retire outlets and feeds; nothing is deleted. Safe to repeat."""
    feeds = [(outlet, feed) for outlet in registry.outlets for feed in outlet.feeds if feed.enabled]
    report = SyncReport(outlets=len(registry.outlets), feeds=len(feeds))
    with warehouse.transaction() as rows:
        rows.lock_registry()
        in_force = rows.registry_in_force()
        if in_force is not None and in_force.digest == registry.digest:
            return report
        rows.save_outlets([_outlet_row(outlet) for outlet in registry.outlets])
        rows.retire_outlets(keys=[outlet.key for outlet in registry.outlets], now=now)
        saved = rows.save_feeds([_feed_row(outlet, feed, now) for outlet, feed in feeds])
        retired = rows.retire_feeds(urls=[feed.url for _, feed in feeds], now=now)
        rows.close_registry(now=now)
        rows.open_registry(
            digest=registry.digest, content=json_value([asdict(outlet) for outlet in registry.outlets]), now=now
        )
    report = replace(report, feeds_added=sum(row.added for row in saved), feeds_retired=retired)
    log.info(
        "registry in force: %d outlets, %d feeds; %d feeds added, %d retired",
        report.outlets,
        report.feeds,
        report.feeds_added,
        report.feeds_retired,
    )
    return report


def _outlet_row(outlet: Outlet) -> tuple[object, ...]:
    return (
        outlet.key,
        outlet.name,
        outlet.homepage,
        outlet.country,
        outlet.language,
        outlet.kind,
        outlet.ownership,
        outlet.press,
        outlet.perspective,
        outlet.timezone,
    )


def _feed_row(outlet: Outlet, feed: Feed, now: datetime) -> tuple[object, ...]:
    return (
        outlet.key,
        feed.url,
        feed.name,
        feed.language,
        _authority(feed.url),
        feed.stale_after_days,
        feed.trust_dates,
        now,
    )


def due_shards(warehouse: Warehouse, shards: int, *, now: datetime | None = None) -> list[int]:
    """The shards, 0 to `shards` - 1, that have feeds due at `now` (by default: now)."""
    with warehouse.transaction() as rows:
        return [row.shard for row in rows.due_shards(shards=shards, now=now or rows.database_time())]


def poll_shard(warehouse: Warehouse, settings: Settings, shard: int, shards: int) -> PollReport:
    """Poll the due feeds of one shard of hosts, until none is left or `settings.batch_minutes` have passed.

    Raises WarehouseError; whatever a server does ends in the history of polls.
    """
    by = worker_name()
    counts: Counter[str] = Counter()
    deadline = monotonic() + 60 * settings.batch_minutes

    def give_back() -> None:
        with warehouse.transaction() as rows:
            rows.release_feeds(by=by, now=rows.database_time())
            rows.release_turns(by=by)

    with pausing(warehouse, "poll"):
        through_restarts(
            warehouse,
            lambda: asyncio.run(_poll(warehouse, settings, shard, shards, by, deadline, counts)),
            give_back=give_back,
            deadline=deadline,
        )
    report = PollReport(**{name: counts[name] for name in PollReport.__dataclass_fields__})
    log.info(
        "shard %d of %d: %d feeds polled, %d new and %d changed entries; %d without news, %d failed, %d put off%s%s",
        shard,
        shards,
        report.feeds,
        report.entries_new,
        report.entries_changed,
        report.unchanged,
        report.failed,
        report.put_off,
        f", {report.overflows} overflowed" if report.overflows else "",
        f"; {report.uncounted} failures count against no feed: most hosts were silent" if report.uncounted else "",
    )
    return report


async def _poll(
    warehouse: Warehouse, settings: Settings, shard: int, shards: int, by: str, deadline: float, counts: Counter[str]
) -> None:
    async with WebClient(settings, limits=RequestLimits(connections=_VISITS)) as client, FeedReader() as reader:
        visitor = Visitor(warehouse, settings, client, by=by)
        task = _Task(warehouse, settings, shard, shards, by, visitor, reader, deadline, counts)
        await task.run()


class _Task:
    """One run over one shard."""

    def __init__(
        self,
        warehouse: Warehouse,
        settings: Settings,
        shard: int,
        shards: int,
        by: str,
        visitor: Visitor,
        reader: FeedReader,
        deadline: float,
        counts: Counter[str],
    ) -> None:
        self._warehouse = warehouse
        self._shard = {"shard": shard, "shards": shards}
        self._by = by
        self._visitor = visitor
        self._reader = reader
        self._bounds = schedule.Bounds(settings.min_interval_s, settings.max_interval_s)
        self._began_at = warehouse.now()
        self._disk = Disk(settings)
        self._deadline = deadline
        self._counts = counts
        self._answering: set[str] = set()
        self._silent: list[tuple[str, PollVisit]] = []
        """Visits without any answer, with their hosts: recorded last."""

    async def run(self) -> None:
        """Claim and visit until nothing is due."""
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                room = _VISITS - len(running)
                if room >= _VISITS // 2 and monotonic() < self._deadline and self._disk.has_room():
                    running |= {asyncio.create_task(self._poll_feed(feed)) for feed in self._claim(room)}
                if not running:
                    break
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for finished in done:
                    finished.result()
        finally:
            for unfinished in running:
                unfinished.cancel()
        self._record_silent()

    def _claim(self, n: int) -> list[ClaimFeedsRow]:
        now = self._warehouse.now()
        with self._warehouse.transaction() as rows:
            return rows.claim_feeds(**self._shard, by=self._by, until=now + _LEASE, n=n, now=now)

    async def _poll_feed(self, feed: ClaimFeedsRow) -> None:
        """Visit one feed and record what came of it. An error that nobody expected ends this poll alone."""
        began_at = self._warehouse.now()
        try:
            await self._visit(feed)
        except Exception as error:
            if is_ours(error):
                raise
            log.error("%s: an error that is not expected; the others go on", feed.url, exc_info=error)
            self._record(_unexpected(feed, self._by, began_at, error))

    async def _visit(self, feed: ClaimFeedsRow) -> None:
        """Visit the feed at the first of its addresses that brings one, and record what came of it."""
        now = self._warehouse.now()
        visit, host = None, ""
        for url in asking.addresses(feed, now):
            try:
                visit, host = await self._ask(feed, url), _authority(url)
            except HostBusy as busy:
                self._put_off(feed, busy)
                return
            if visit.error is None and (visit.parsed is None or visit.parsed.problem is None):
                break
        if visit is None:
            return
        if visit.error is not None and visit.error.http_status is None and visit.error.reason in _SILENT:
            self._silent.append((host, visit))
            return
        self._answering.add(host)
        self._record(visit)

    async def _ask(self, feed: ClaimFeedsRow, url: str) -> PollVisit:
        """One visit to `url` for the feed. Raises HostBusy."""
        began, began_at = monotonic(), self._warehouse.now()
        validators = asking.validators(feed, began_at)
        try:
            response = await self._visitor.get(
                url,
                accept=Accept.FEED,
                headers=validators,
                max_bytes=MAX_FEED_BYTES,
                patience_s=_PATIENCE_S,
            )
        except HostBusy:
            raise
        except FetchError as error:
            spent_s = monotonic() - began
            return PollVisit(feed.feed_id, self._by, began_at, spent_s, http_status=error.http_status, error=error)
        return replace(await self._read(feed, url, response, began_at), conditional=bool(validators))

    async def _read(self, feed: ClaimFeedsRow, url: str, response: Response, began_at: datetime) -> PollVisit:
        digest = hashlib.sha256(response.body).hexdigest()
        parsed = None
        if response.status != 304 and digest != feed.body_digest:
            parsed = await self._reader.read(
                response.body,
                url=response.final_url,
                content_type=response.header("Content-Type"),
                now=response.fetched_at,
                zone=feed.timezone,
                trust_dates=feed.trust_dates,
            )
        moved_to = response.final_url if response.permanent_redirect else feed.moved_to if url != feed.url else None
        problem = parsed.problem if parsed else None
        if response.cut is not None and problem is not None:
            error = FetchError(FetchFailure.BAD_ANSWER, f"{url}: {response.cut}; {problem}", retry=True)
            return PollVisit(
                feed.feed_id, self._by, began_at, response.elapsed_s, http_status=response.status, error=error
            )
        return PollVisit(
            feed.feed_id,
            self._by,
            began_at,
            response.elapsed_s,
            http_status=response.status,
            parsed=parsed,
            note=response.cut,
            size=len(response.body),
            body_digest=digest,
            etag=response.header("ETag"),
            last_modified=response.header("Last-Modified"),
            max_age_s=schedule.max_age_s(response.header("Cache-Control")),
            moved_to=moved_to,
        )

    def _put_off(self, feed: ClaimFeedsRow, busy: HostBusy) -> None:
        wait = timedelta(seconds=min(max(busy.retry_after_s or 0.0, 1.0), self._bounds.floor_s))
        with self._warehouse.transaction() as rows:
            rows.release_feed(feed_id=feed.feed_id, by=self._by, next_poll_at=rows.database_time() + wait)
        self._counts["put_off"] += 1

    def _record_silent(self) -> None:
        """Record the visits without an answer, now that it is known whether the fault is ours."""
        if not self._silent:
            if self._answering:
                with self._warehouse.transaction() as rows:
                    end_outage(rows)
            return
        with self._warehouse.transaction() as rows:
            polled = rows.hosts_polled_since(since=self._began_at)
        silent = {host for host, _ in self._silent}
        answering = self._answering | {row.host for row in polled if not row.silent}
        silent |= {row.host for row in polled if row.silent}
        outage = health.is_outage(silent_hosts=len(silent), answering_hosts=len(answering - silent))
        with self._warehouse.transaction() as rows:
            if outage:
                what = f"{len(silent)} of {len(silent | answering)} hosts do not answer"
                note_outage(rows, f"{what}: check this machine's network, DNS and proxy")
            elif self._answering:
                end_outage(rows)
        for _, visit in self._silent:
            self._record(visit, outage=outage)

    def _record(self, visit: PollVisit, *, outage: bool = False) -> None:
        recorded = record_visit(self._warehouse, visit, self._bounds, now=self._warehouse.now(), outage=outage)
        if recorded is not None:
            self._count(recorded, outage=outage)

    def _count(self, recorded: Recorded, *, outage: bool) -> None:
        self._counts["feeds"] += 1
        self._counts["entries_new"] += recorded.entries_new
        self._counts["entries_changed"] += recorded.entries_changed
        self._counts["overflows"] += recorded.overflow
        if outage:
            self._counts["uncounted"] += 1
        elif not recorded.outcome.good:
            self._counts["failed"] += 1
        elif not recorded.entries_new:
            self._counts["unchanged"] += 1


def _unexpected(feed: ClaimFeedsRow, by: str, began_at: datetime, error: Exception) -> PollVisit:
    """A poll that ended in an error that nobody expected: kept with the feed, which is polled again later."""
    what = f"{feed.url}: {type(error).__name__}: {error}"
    failure = FetchError(FetchFailure.BAD_ANSWER, clean_text(what), retry=True)
    return PollVisit(feed.feed_id, by, began_at, 0.0, error=failure)


_SILENT = frozenset({FetchFailure.UNREACHABLE, FetchFailure.TIMEOUT, FetchFailure.TLS})


def _authority(url: str) -> str:
    """Host and port of a feed's address, as feeds are spread over shards."""
    return urlsplit(url).netloc.lower()

"""The stage that takes over pages of the past: they go through the ledger as those that a feed lists.

    file ─ import_files ─▶ items ─ archive ─▶ entries: `fetched` with their page, `new` without ─ collect_articles ─▶ …

An outlet's imported items are the entries of a feed of its own, which is never polled, and are known by their address.
A group of items is one transaction: those that are known are passed over. So an import that was killed is repeated from
the start of its file, and every item is taken once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from wirewatch.errors import WirewatchError
from wirewatch.intake.import_files import BadItem, ImportItem, items_of
from wirewatch.records import EntryState
from wirewatch.settings import Settings
from wirewatch.text import dates, urls
from wirewatch.text.controls import without_controls
from wirewatch.warehouse import Transaction, Warehouse
from wirewatch.warehouse.connection import json_value
from wirewatch.web.archive import Archive, Batch
from wirewatch.web.disk import Disk

Say = Callable[[str], None]

_GROUP = 200
"""Most items of one transaction."""
_GROUP_BYTES = 32 * 1024 * 1024
"""Bytes of pages from which on a group is stored: with one page more it bounds the memory."""
_SAID_EVERY = 2_000
_BAD_SHOWN = 20


@dataclass(slots=True)
class ImportReport:
    """What became of the items of a file."""

    taken: int = 0
    """New entries."""
    known: int = 0
    """Imported before, or twice in the file."""
    bad: int = 0

    @property
    def items(self) -> int:
        """All items of the file."""
        return self.taken + self.known + self.bad


def import_file(warehouse: Warehouse, settings: Settings, file: Path, outlet: str, say: Say) -> ImportReport:
    """Take the items of `file` over as those of the outlet with the key `outlet`; safe to repeat.

    Raises WirewatchError: no such outlet, a file that can't be read (on), a full disk; what was taken before stays.
    """
    with warehouse.transaction() as rows:
        feed = rows.import_feed(key=outlet, now=rows.database_time())
    if feed is None:
        raise WirewatchError(f"--outlet {outlet}: there is no such outlet; `wirewatch feed list` shows their keys")
    report, disk = ImportReport(), Disk(settings)
    archive = Archive(settings.archive_url)
    archive.check_writable()
    try:
        with file.open("rb", buffering=0) as stream, archive.batch("import") as batch:
            items = items_of(stream, now=warehouse.now(), zone=feed.timezone)
            for group in _groups(_usable(items, file, report, say)):
                if not disk.has_room():
                    raise WirewatchError(f"{file}: the disk is full; make room and run it again")
                _store(warehouse, batch, feed.feed_id, group, report)
                if report.items // _SAID_EVERY > (report.items - len(group)) // _SAID_EVERY:
                    say(f"{file}: {report.items:,} items read")
    except OSError as error:
        raise WirewatchError(f"{file}: can't be read: {error.strerror}") from None
    return report


def _usable(items: Iterator[ImportItem | BadItem], file: Path, report: ImportReport, say: Say) -> Iterator[ImportItem]:
    """The items that can be used; the others are counted, and the first ones named."""
    try:
        for item in items:
            if isinstance(item, ImportItem):
                yield item
                continue
            report.bad += 1
            if report.bad <= _BAD_SHOWN:
                say(f"{file}, {item.place}: {item.why}")
    except WirewatchError as error:
        raise WirewatchError(f"{file}: {error}; items before are taken over") from None


def _groups(items: Iterator[ImportItem]) -> Iterator[list[ImportItem]]:
    """`items` in groups whose size is bounded; what came before an error is given out first."""
    group: list[ImportItem] = []
    size = 0
    try:
        for item in items:
            group.append(item)
            size += len(item.page.body) if item.page else 0
            if len(group) >= _GROUP or size >= _GROUP_BYTES:
                yield group
                group, size = [], 0
    except WirewatchError:
        if group:
            yield group
        raise
    if group:
        yield group


def _store(warehouse: Warehouse, batch: Batch, feed_id: int, group: list[ImportItem], report: ImportReport) -> None:
    """Store those of a group that are not known, in one transaction; two imports at a time take turns."""
    by_key: dict[str, ImportItem] = {}
    for item in group:
        by_key.setdefault(urls.url_key(item.url), item)
    with warehouse.transaction() as rows:
        rows.lock_import(feed_id=feed_id)
        known = {row.identity for row in rows.imported_before(feed_id=feed_id, identities=list(by_key))}
        new = {key: item for key, item in by_key.items() if key not in known}
        now = rows.database_time()
        pages = _archived(rows, batch, new, now)
        if new:
            rows.import_entries([_row(feed_id, key, item, pages.get(key), now) for key, item in new.items()])
    report.taken += len(new)
    report.known += len(group) - len(new)


def _archived(rows: Transaction, batch: Batch, items: dict[str, ImportItem], now: datetime) -> dict[str, int]:
    """The pages of `items` into the archive; their ids by key. A page that nobody dated was seen now."""
    pages = {key: replace(item.page, fetched_at=item.seen_at or now) for key, item in items.items() if item.page}
    locations = {key: batch.append(page) for key, page in pages.items()}
    batch.flush()
    return {
        key: rows.insert_page(
            url=page.url,
            final_url=page.final_url,
            fetched_at=page.fetched_at,
            http_status=page.status,
            content_type=page.header("Content-Type"),
            bytes=len(page.body),
            file=locations[key].file,
            offset=locations[key].offset,
            length=locations[key].length,
            digest=locations[key].digest,
        )
        for key, page in pages.items()
    }


def _row(feed_id: int, key: str, item: ImportItem, page_id: int | None, now: datetime) -> tuple[object, ...]:
    """The values of the query import_entries."""
    published_at, published_source = dates.believed(item.dates)
    seen_at = min(item.seen_at or now, now)
    return (
        feed_id,
        key,
        "link",
        item.url,
        key,
        urls.host_key(item.url),
        without_controls(item.title),
        item.content,
        list(map(without_controls, item.authors)),
        item.language,
        published_at,
        published_source,
        json_value([date.as_json() for date in item.dates]),
        hashlib.sha256(key.encode()).hexdigest(),
        seen_at,
        seen_at,
        EntryState.NEW if page_id is None else EntryState.FETCHED,
        now,
        now,
        page_id,
        None if page_id is None else now,
        None if page_id is None else "nobody",
        now,
    )

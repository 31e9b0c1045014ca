"""Retention: which old rows are dropped. By default none; WIREWATCH_RETENTION sets days per table.

Only tables whose old rows no view needs can be named. Polls are summed up by feed and day before they are dropped, so
that news.coverage stays the same for old days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from wirewatch.settings import Settings
from wirewatch.warehouse.connection import Transaction, Warehouse

_PATIENCE = "5s"
"""How long to wait for sessions that read a partition to be dropped; else it is dropped the next night."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A part of a table that was dropped, or would be."""

    table: str
    rows: int
    bytes: int
    """Size of the rows without indexes; 0 where not counted."""


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What `drop_expired` did."""

    parts: int
    rows: int


def expired(warehouse: Warehouse, settings: Settings) -> list[Dropped]:
    """What `drop_expired` would drop now; changes nothing."""
    return _drop(warehouse, settings.retention, dry_run=True)


def drop_expired(warehouse: Warehouse, settings: Settings) -> RetentionReport:
    """Drops the rows that WIREWATCH_RETENTION does not keep, one transaction per table. Safe to kill and repeat."""
    dropped = _drop(warehouse, settings.retention, dry_run=False)
    return RetentionReport(parts=len(dropped), rows=sum(part.rows for part in dropped))


def _drop(warehouse: Warehouse, retention: Mapping[str, int], *, dry_run: bool) -> list[Dropped]:
    dropped: list[Dropped] = []
    for table, days in sorted(retention.items()):
        with warehouse.transaction() as rows:
            before = rows.database_time() - timedelta(days=days)
            rows.wait_for_locks(most=_PATIENCE)
            dropped += _TABLES[table](rows, before, dry_run)
    return dropped


def _drop_polls(rows: Transaction, before: datetime, dry_run: bool) -> list[Dropped]:
    return [
        Dropped(f"ingest.{row.part}", row.polls, row.bytes) for row in rows.drop_polls(before=before, dry_run=dry_run)
    ]


def _drop_revisions(rows: Transaction, before: datetime, dry_run: bool) -> list[Dropped]:
    count = rows.count_old_revisions(before=before) if dry_run else rows.drop_old_revisions(before=before)
    return [Dropped("ingest.entry_revision", count, 0)] if count else []


_TABLES = {"ingest.poll": _drop_polls, "ingest.entry_revision": _drop_revisions}

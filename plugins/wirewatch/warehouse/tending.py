"""Maintenance of the warehouse: future partitions, the search index, refreshed views."""

from __future__ import annotations

import logging
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime

from dateutil.relativedelta import relativedelta

from wirewatch.warehouse.connection import Transaction, Warehouse

_MONTHS_AHEAD = 3
_BATCH = 500
"""Articles per transaction: some seconds of work, so that a killed task loses little."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PartitionReport:
    """What `make_partitions` did."""

    made: int


@dataclass(frozen=True, slots=True)
class FilingReport:
    """What `file_words` did."""

    filed: int


@dataclass(frozen=True, slots=True)
class ClockReport:
    """What `undo_clock_jump` freed; all 0 when the clock did not jump."""

    feeds: int
    entries: int
    articles: int
    hosts: int


def undo_clock_jump(warehouse: Warehouse) -> ClockReport:
    """After the database's clock went back: frees what was leased or delayed while it was in the future."""
    with warehouse.transaction() as rows:
        freed = ClockReport(**rows.undo_clock_jump(now=rows.database_time())._asdict())
    if any(astuple(freed)):
        log.warning("the database's clock went back: %s are due again", freed)
    return freed


def make_partitions(warehouse: Warehouse) -> PartitionReport:
    """Creates the monthly partitions of this month and the next three."""
    with warehouse.transaction() as rows:
        return PartitionReport(made=make_months(rows))


def make_months(rows: Transaction) -> int:
    """The same within a transaction; returns how many were created."""
    first, last = months_ahead(rows.database_time())
    return rows.make_poll_partitions(from_day=first, until_day=last)


def months_ahead(now: datetime) -> tuple[date, date]:
    """The first day of this month and of the third one after it, in UTC (pure)."""
    first = now.astimezone(UTC).date().replace(day=1)
    return first, first + relativedelta(months=_MONTHS_AHEAD)


def file_words(warehouse: Warehouse) -> FilingReport:
    """Indexes for search the articles that are older than the search. Resumes where a killed run stopped."""
    filed = 0
    while True:
        with warehouse.transaction() as rows:
            batch = rows.file_words(n=_BATCH)
        if not batch:
            return FilingReport(filed=filed)
        filed += batch


def refresh_views(warehouse: Warehouse) -> None:
    """Refreshes the views that must be up to date after each labelling; they can be read meanwhile."""
    with warehouse.transaction() as rows:
        rows.refresh_timeline()


def refresh_nightly_views(warehouse: Warehouse) -> None:
    """Refreshes the views that read everything that was ever collected."""
    with warehouse.transaction() as rows:
        rows.refresh_outlet_borrowing()

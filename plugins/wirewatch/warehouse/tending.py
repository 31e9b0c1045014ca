"""The care of the warehouse: partitions ahead, words filed for search, views refreshed."""

from __future__ import annotations

import logging
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime

from dateutil.relativedelta import relativedelta

from wirewatch.warehouse.connection import Transaction, Warehouse

_MONTHS_AHEAD = 3
_BATCH = 500
"""Articles of one transaction: some seconds of work, so that a killed task loses little."""

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
    """What `undo_clock_jump` freed; all 0 when the clock runs as it should."""

    feeds: int
    entries: int
    articles: int
    hosts: int


def undo_clock_jump(warehouse: Warehouse) -> ClockReport:
    """Frees what was leased or put off while the database's clock stood in the future, after it went back."""
    with warehouse.transaction() as rows:
        freed = ClockReport(**rows.undo_clock_jump(now=rows.database_time())._asdict())
    if any(astuple(freed)):
        log.warning("the database's clock went back: %s are due again, which would have waited for it", freed)
    return freed


def make_partitions(warehouse: Warehouse) -> PartitionReport:
    """Makes the monthly partitions of this month and the next three."""
    with warehouse.transaction() as rows:
        return PartitionReport(made=make_months(rows))


def make_months(rows: Transaction) -> int:
    """The same within a transaction; gives how many it made."""
    first, last = months_ahead(rows.database_time())
    made: int = rows.make_poll_partitions(from_day=first, until_day=last)
    return made


def months_ahead(now: datetime) -> tuple[date, date]:
    """The first day of this month and of the third one after it, in UTC, by which the partitions go; pure."""
    first = now.astimezone(UTC).date().replace(day=1)
    return first, first + relativedelta(months=_MONTHS_AHEAD)


def file_words(warehouse: Warehouse) -> FilingReport:
    """Files for search the words of articles that were here before search was. Goes on where a stopped run left off."""
    filed = 0
    while True:
        with warehouse.transaction() as rows:
            batch = rows.file_words(n=_BATCH)
        if not batch:
            return FilingReport(filed=filed)
        filed += batch


def refresh_views(warehouse: Warehouse) -> None:
    """Brings the views up to date that are to be fresh after every labelling; readers go on reading meanwhile."""
    with warehouse.transaction() as rows:
        rows.refresh_timeline()


def refresh_nightly_views(warehouse: Warehouse) -> None:
    """Brings the views up to date that read everything that was ever collected."""
    with warehouse.transaction() as rows:
        rows.refresh_outlet_borrowing()

"""The nightly care of the warehouse: partitions ahead, and assertions on the data."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from wirewatch.errors import WirewatchError
from wirewatch.settings import ROOT
from wirewatch.warehouse.connection import Warehouse

CHECKS = ROOT / "sql" / "checks"
_AHEAD = timedelta(days=92)

log = logging.getLogger(__name__)


class ChecksFailed(WirewatchError):
    """Assertions on the data that do not hold; each names what was found and the mend."""


@dataclass(frozen=True, slots=True)
class PartitionReport:
    """What `make_partitions` did."""

    made: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `check_data` did."""

    checks: int
    findings: int


@dataclass(frozen=True, slots=True)
class ClockReport:
    """What `undo_clock_jump` freed; all 0 when the clock runs as it should."""

    feeds: int
    entries: int
    hosts: int


def undo_clock_jump(warehouse: Warehouse) -> ClockReport:
    """Frees what was leased or put off while the database's clock stood in the future, after it went back."""
    with warehouse.transaction() as rows:
        freed = ClockReport(**rows.undo_clock_jump(now=rows.database_time())._asdict())
    if freed != ClockReport(0, 0, 0):
        log.warning("the database's clock went back: %s are due again, which would have waited for it", freed)
    return freed


def make_partitions(warehouse: Warehouse) -> PartitionReport:
    """Makes the monthly partitions of this month and the next three."""
    with warehouse.transaction() as rows:
        today = rows.database_time().date()
        return PartitionReport(made=rows.make_poll_partitions(from_day=today, until_day=today + _AHEAD))


def check_data(warehouse: Warehouse) -> CheckReport:
    """Runs every assertion of sql/checks/: a query that finds nothing holds.

    Raises ChecksFailed with all of those that found something.
    """
    failed = []
    files = sorted(CHECKS.glob("*.sql"))
    for file in files:
        text = file.read_text(encoding="utf-8")
        meaning, mend = (line.removeprefix("-- ") for line in text.splitlines()[:2])
        with warehouse.transaction() as rows:
            found = rows.select(text)
        log.info("%s: %d findings", file.stem, len(found))
        if found:
            examples = "; ".join(f"{row[0]}: {row.finding}" for row in found[:3])
            failed.append(f"{file.stem}: {len(found)} rows against “{meaning}” ({examples}); {mend}")
    if failed:
        raise ChecksFailed("\n".join(failed))
    return CheckReport(checks=len(files), findings=0)

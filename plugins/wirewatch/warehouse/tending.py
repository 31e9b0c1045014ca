"""The nightly care of the warehouse: partitions ahead, and assertions on the data."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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


def make_partitions(warehouse: Warehouse) -> PartitionReport:
    """Makes the monthly partitions of this month and the next three."""
    today = datetime.now(UTC).date()
    with warehouse.transaction() as rows:
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

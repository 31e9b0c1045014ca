"""The ledger: every entry ends in exactly one counted state."""

from __future__ import annotations

from dataclasses import dataclass

from wirewatch.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class ClosingReport:
    """What `close_entries` did."""

    labelled: int
    """Entries that became labelled."""


def close_entries(warehouse: Warehouse) -> ClosingReport:
    """Marks as labelled every extracted entry whose article is linked and tagged."""
    with warehouse.transaction() as rows:
        return ClosingReport(labelled=rows.close_labelled_entries(now=rows.database_time()))

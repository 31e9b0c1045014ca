"""`wirewatch status`: one screen that says whether all is well, and where not.

All is well when no critical alarm is open, the checks ran within half an hour, every process of the local stack lives
and the disks have room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.web.disk import Room, rooms

_CHECKS = "check_warehouse"
_CHECKS_WITHIN = timedelta(minutes=30)
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Status:
    """All that the screen shows."""

    at: datetime
    lag: list[Any]
    feeds: list[Any]
    drops: list[Any]
    runs: list[Any]
    alarms: list[Any]
    pauses: list[Any]
    """Stages that a fault of ours keeps from working."""
    totals: Any
    rooms: list[Room]
    min_free_mb: int
    processes: Mapping[str, bool]
    """The local stack's processes, and whether each lives; empty elsewhere."""

    @property
    def troubles(self) -> list[str]:
        """Why not all is well, in words; empty when it is."""
        found = [f"{name} does not run" for name, lives in self.processes.items() if not lives]
        found += [
            f"{room.what}: {room.free_mb} MB free at {room.folder}, nothing is fetched"
            for room in self.rooms
            if room.free_mb < self.min_free_mb
        ]
        found += [f"{pause.stage} is paused: {pause.reason}" for pause in self.pauses]
        critical = sum(alarm.severity == "critical" for alarm in self.alarms)
        if critical:
            found.append(f"{critical} critical alarms are open")
        checked_at = next((run.succeeded_at for run in self.runs if run.dag_id == _CHECKS), None)
        since = checked_at or self.totals.first_feed_at
        if since is not None and self.at - since > _CHECKS_WITHIN:
            found.append(f"no round of checks ended well within half an hour: is {_CHECKS} paused?")
        return found


def read_status(warehouse: Warehouse, settings: Settings, processes: Mapping[str, bool]) -> Status:
    """Looks at everything at once. Raises WarehouseError."""
    with warehouse.transaction() as rows:
        rows.read_one_snapshot()
        totals = rows.status_totals()
        return Status(
            at=totals.at,
            lag=rows.status_lag(),
            feeds=rows.status_feeds(),
            drops=rows.status_drops(),
            runs=rows.status_runs(),
            alarms=rows.open_alarms(),
            pauses=rows.status_pauses(),
            totals=totals,
            rooms=list(rooms(settings)),
            min_free_mb=settings.min_free_mb,
            processes=processes,
        )


def screen(status: Status) -> RenderableType:
    """The status as rich shows it."""
    troubles = status.troubles
    head = Text("all is well", "bold green") if not troubles else Text("; ".join(troubles), "bold red")
    left, right = Table.grid(padding=(0, 4)), [_lag(status), _runs(status)]
    left.add_row(_feeds(status), *right)
    return Group(head, Text(_sentence(status)), left, _alarms(status))


def _sentence(status: Status) -> str:
    disks = ", ".join(f"{room.free_mb / 1000:.1f} GB free for {room.what}" for room in status.rooms)
    drops = ", ".join(f"{row.reason} {row.entries}" for row in status.drops) or "none"
    lives = ", ".join(f"{name} {'up' if lives else 'DOWN'}" for name, lives in status.processes.items())
    return (
        f"last 24 hours: {status.totals.entries_1d} entries, {status.totals.articles_1d} articles; dropped: {drops}\n"
        f"warehouse {status.totals.bytes / 1e9:.2f} GB, {disks}" + (f"; {lives}" if lives else "")
    )


def _feeds(status: Status) -> Table:
    table = _table("feeds", "health", "feeds")
    for row in status.feeds:
        table.add_row(row.health, str(row.feeds))
    return table


def _lag(status: Status) -> Table:
    table = _table("lag", "stage", "waiting", "for")
    for row in status.lag:
        table.add_row(row.stage, str(row.waiting), _ago(status.at, row.since))
    return table


def _runs(status: Status) -> Table:
    table = _table("last runs", "DAG", "good", "failed", "late")
    for run in status.runs:
        table.add_row(run.dag_id, *(_ago(status.at, at) for at in (run.succeeded_at, run.failed_at, run.late_at)))
    return table


def _alarms(status: Status) -> Table:
    table = _table(f"open alarms: {len(status.alarms)}", "severity", "alarm", "about", "open for", "found")
    for alarm in status.alarms[:_SHOWN]:
        style = "red" if alarm.severity == "critical" else "yellow"
        age = _ago(status.at, alarm.opened_at)
        # What alarms say comes from the web: text, never markup.
        table.add_row(
            Text(alarm.severity, style), alarm.check_name, Text(alarm.subject), age, Text(alarm.finding[:160])
        )
    if len(status.alarms) > _SHOWN:
        table.caption = f"{len(status.alarms) - _SHOWN} more, in news.alarms"
    return table


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)


def _ago(now: datetime, then: datetime | None) -> str:
    if then is None:
        return "–"
    minutes = max(int((now - then).total_seconds()) // 60, 0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"

"""`wirewatch status`: one screen that says whether everything works, and where not.

Everything works when every part of the local stack does (see `local.health`), the disks have room, the files that
people edit are sound, no critical check finds anything *now*, no critical alarm of the night is open, the checks ran
within half an hour, and at least one feed was read. Until a feed was read it is starting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wirewatch.alarms.checks import Severity, When, warehouse_checks
from wirewatch.alarms.folding import fold
from wirewatch.alarms.machine import clock_findings
from wirewatch.alarms.watching import Findings, run_checks
from wirewatch.operations.in_force import InForce, read_in_force
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.web.disk import Room, rooms

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import (
        OpenAlarmsRow,
        StatusDropsRow,
        StatusFeedsRow,
        StatusLagRow,
        StatusPausesRow,
        StatusRunsRow,
        StatusTotalsRow,
    )

_CHECKS = "check_warehouse"
_CHECKS_WITHIN = timedelta(minutes=30)
_SHOWN = 12
_WARNINGS = 5
_LONGEST = 240
"""Signs of a finding in the first lines."""


@dataclass(frozen=True, slots=True)
class Local:
    """What is known of the local stack; empty where there is none."""

    parts: Mapping[str, bool] = field(default_factory=dict)
    """Its parts, and whether each runs."""
    problems: Sequence[str] = ()
    """What does not work, in sentences."""
    events: Sequence[str] = ()
    """What the watch did in the last hours, in sentences."""


@dataclass(frozen=True, slots=True)
class Status:
    """All that the screen shows."""

    at: datetime
    lag: list[StatusLagRow]
    feeds: list[StatusFeedsRow]
    drops: list[StatusDropsRow]
    runs: list[StatusRunsRow]
    alarms: list[OpenAlarmsRow]
    pauses: list[StatusPausesRow]
    """Stages that a fault on our side keeps from working."""
    totals: StatusTotalsRow
    rooms: list[Room]
    min_free_mb: int
    local: Local
    found: Sequence[str]
    """What the critical checks find now, in sentences."""
    in_force: Sequence[InForce]
    hints: Sequence[str]
    """What could be better."""

    @property
    def troubles(self) -> list[str]:
        """Why not everything works, in words; empty when it does."""
        found = list(self.local.problems)
        found += [
            f"{room.what}: {room.free_mb} MB free at {room.folder}, nothing is fetched"
            for room in self.rooms
            if room.free_mb < self.min_free_mb
        ]
        found += [f"{pause.stage} is paused: {pause.reason}" for pause in self.pauses]
        found += [file.trouble for file in self.in_force if file.trouble]
        found += self.found
        of_night = {check.name for check in warehouse_checks() if check.when is When.NIGHT}
        found += [
            f"{alarm.check_name}: {alarm.subject}: {alarm.finding}"[:_LONGEST]
            for alarm in self.alarms
            if alarm.severity == Severity.CRITICAL and alarm.check_name in of_night
        ]
        checked_at = next((run.succeeded_at for run in self.runs if run.dag_id == _CHECKS), None)
        since = checked_at or self.totals.first_feed_at
        if since is not None and self.at - since > _CHECKS_WITHIN:
            found.append(f"no round of checks ended well within half an hour: is {_CHECKS} paused?")
        return found

    @property
    def notes(self) -> list[str]:
        """What is good to know, and asks for nothing at once."""
        return [*(file.pending for file in self.in_force if file.pending), *self.local.events, *self.hints]

    @property
    def starting(self) -> str:
        """Why nothing can be said yet; empty when it can."""
        if self.totals.feeds_in_force == 0:
            return "no feed is in force yet"
        return "no feed was read yet" if self.totals.feeds_read == 0 else ""


def read_status(
    warehouse: Warehouse, settings: Settings, local: Local | None = None, *, here: datetime | None = None
) -> Status:
    """Looks at everything at once; `here` is this machine's time, by default its clock's. Raises WarehouseError."""
    findings, broken = run_checks(warehouse, When.CYCLE)
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
            local=local or Local(),
            found=[*_critical(findings), *broken],
            in_force=read_in_force(rows, settings),
            hints=[
                *_warnings(findings),
                *_hints(settings),
                *(found.finding for _, found in clock_findings(here or datetime.now(UTC), totals.at)),
            ],
        )


def _critical(findings: Findings) -> Iterator[str]:
    for check, found in findings.items():
        if check.severity is Severity.CRITICAL:
            for finding in fold(found, frozenset()):
                yield f"{finding.subject}: {finding.finding}"[:_LONGEST]


def _warnings(findings: Findings) -> list[str]:
    found = [
        f"{finding.subject}: {finding.finding}"[:_LONGEST]
        for check, of_check in findings.items()
        if check.severity is Severity.WARNING
        for finding in fold(of_check, frozenset())
    ]
    return [*found[:_WARNINGS], *([f"and {len(found) - _WARNINGS} more warnings"] if len(found) > _WARNINGS else [])]


def _hints(settings: Settings) -> Iterator[str]:
    if settings.contact_is_ours:
        yield "WIREWATCH_CONTACT is not set to a page or mail address of yours: the sites visited can't reach you"


def screen(status: Status) -> RenderableType:
    """The status as rich shows it."""
    troubles = status.troubles
    if troubles:
        head = Text("\n".join(troubles), "bold red")
    elif status.starting:
        head = Text(f"starting: {status.starting}", "bold yellow")
    else:
        head = Text("everything works", "bold green")
    left, right = Table.grid(padding=(0, 4)), [_lag(status), _runs(status)]
    left.add_row(_feeds(status), *right)
    notes = [Text(note, "yellow") for note in status.notes]
    return Group(head, *notes, Text(_sentence(status)), left, _alarms(status))


def _sentence(status: Status) -> str:
    disks = ", ".join(f"{room.free_mb / 1000:.1f} GB free for {room.what}" for room in status.rooms)
    drops = ", ".join(f"{row.reason} {row.entries}" for row in status.drops) or "none"
    lives = ", ".join(f"{name} {'up' if lives else 'DOWN'}" for name, lives in status.local.parts.items())
    files = ", ".join(f"{file.name} {_ago(status.at, file.since)}" for file in status.in_force if file.since)
    return (
        f"last 24 hours: {status.totals.entries_1d} entries, {status.totals.articles_1d} articles; dropped: {drops}\n"
        f"warehouse {status.totals.bytes / 1e9:.2f} GB, {disks}"
        + (f"; {lives}" if lives else "")
        + (f"\nin force for: {files}" if files else "")
    )


def _feeds(status: Status) -> Table:
    table = _table("feeds", "health", "feeds")
    for row in status.feeds:
        table.add_row("new, not read yet" if row.health == "new" else row.health, str(row.feeds))
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

"""What the database can't know of itself: the free space of the archive's disk, and whether clocks agree.

Measured on the machine that runs the checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from wirewatch.alarms.checks import Check, Finding, Severity, When
from wirewatch.settings import Settings
from wirewatch.web.disk import FreeBytes, free_bytes, rooms

DISK_FULL = Check(
    "disk_full",
    meaning="The disk of archive and state has the free space that fetching needs (WIREWATCH_MIN_FREE_MB).",
    severity=Severity.CRITICAL,
    when=When.CYCLE,
    fix="Free some space, or move the archive (WIREWATCH_ARCHIVE). Nothing is lost: fetching goes on by itself.",
)
DISK_LOW = Check(
    "disk_low",
    meaning="The disk of archive and state has three times the free space that fetching needs.",
    severity=Severity.WARNING,
    when=When.CYCLE,
    fix="Plan for more space, or move the archive (WIREWATCH_ARCHIVE); `wirewatch status` shows what is used.",
)
CLOCK = Check(
    "clock",
    meaning="The clocks of this machine and of the database agree to 30 seconds.",
    severity=Severity.WARNING,
    when=When.CYCLE,
    fix="Synchronise both clocks (NTP). Leases and first-seen times are a little wrong meanwhile; nothing is lost.",
)
CHECKS = (DISK_FULL, DISK_LOW, CLOCK)

_LOW = 3
_CLOCK_S = 30.0


def machine_findings(
    settings: Settings, *, here: datetime, database: datetime, free: FreeBytes = free_bytes
) -> Iterator[tuple[Check, Finding]]:
    """What is wrong with this machine. `here` and `database` are the two clocks, read at the same moment."""
    yield from disk_findings(settings, free)
    yield from clock_findings(here, database)


def disk_findings(settings: Settings, free: FreeBytes = free_bytes) -> Iterator[tuple[Check, Finding]]:
    """Which disks are full, or nearly so."""
    for room in rooms(settings, free):
        finding = Finding(room.what, f"{room.free_mb} MB free at {room.folder}")
        if room.free_mb < settings.min_free_mb:
            yield DISK_FULL, finding
        elif room.free_mb < _LOW * settings.min_free_mb:
            yield DISK_LOW, finding


def clock_findings(here: datetime, database: datetime) -> Iterator[tuple[Check, Finding]]:
    """Whether two clocks, read at the same moment, disagree."""
    ahead_s = (here - database).total_seconds()
    if abs(ahead_s) > _CLOCK_S:
        yield CLOCK, Finding("clocks", f"this machine is {abs(ahead_s):.0f} s {'ahead' if ahead_s > 0 else 'behind'}")

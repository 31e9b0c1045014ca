"""Room for what is fetched: when a disk is nearly full, nothing new is claimed, so that nothing is lost in the middle.

What waits stays in the warehouse, in its state; the alarm `disk_full` and `wirewatch status` say so.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wirewatch.settings import Settings
from wirewatch.web.archive import local_folder

log = logging.getLogger("wirewatch")

FreeBytes = Callable[[Path], int]


@dataclass(frozen=True, slots=True)
class Room:
    """The free space of one disk that we write to."""

    what: str
    """archive or state."""
    folder: Path
    free_mb: int


def free_bytes(folder: Path) -> int:
    """The free space, in bytes, of the disk that holds `folder`, or would hold it once it is made."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def rooms(settings: Settings, free: FreeBytes = free_bytes) -> Iterator[Room]:
    """The disks of this machine that we write to; an archive elsewhere has none."""
    for what, folder in (("archive", local_folder(settings.archive_url)), ("state", settings.home)):
        if folder is not None:
            yield Room(what, folder, free(folder) // 1_000_000)


class Disk:
    """Tells a task, before each claim, whether it may go on fetching."""

    def __init__(self, settings: Settings, free: FreeBytes = free_bytes) -> None:
        self._settings = settings
        self._free = free
        self._said = False

    def has_room(self) -> bool:
        """Whether every disk has `settings.min_free_mb`; says once when one has not."""
        full = [room for room in rooms(self._settings, self._free) if room.free_mb < self._settings.min_free_mb]
        if full and not self._said:
            self._said = True
            log.warning(
                "nothing more is fetched: %d MB free at %s, WIREWATCH_MIN_FREE_MB=%d; free some space, nothing is lost",
                full[0].free_mb,
                full[0].folder,
                self._settings.min_free_mb,
            )
        return not full

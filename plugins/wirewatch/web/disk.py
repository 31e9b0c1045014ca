"""Free disk space: when a disk is nearly full, nothing new is claimed, so that nothing is lost halfway.

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
    """The free space of a disk that we write to."""

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
    """The disks of this machine that we write to; a remote archive has none."""
    for what, folder in _folders(settings):
        yield Room(what, folder, free(folder) // 1_000_000)


def _folders(settings: Settings) -> list[tuple[str, Path]]:
    named = (("archive", local_folder(settings.archive_url)), ("state", settings.home))
    return [(what, folder) for what, folder in named if folder is not None]


class Disk:
    """Tells a task, before each claim, whether it may fetch more."""

    def __init__(self, settings: Settings, free: FreeBytes = free_bytes) -> None:
        self._folders = _folders(settings)
        self._least_mb = settings.min_free_mb
        self._free = free
        self._said = False

    def has_room(self) -> bool:
        """Whether every disk has `settings.min_free_mb` free; logs once when one has not."""
        free = [(self._free(folder) // 1_000_000, folder) for _, folder in self._folders]
        full = [(free_mb, folder) for free_mb, folder in free if free_mb < self._least_mb]
        if full and not self._said:
            self._said = True
            log.warning(
                "fetching stopped: %d MB free at %s, WIREWATCH_MIN_FREE_MB=%d; free some space, nothing is lost",
                *full[0],
                self._least_mb,
            )
        return not full

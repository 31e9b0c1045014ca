"""A clock that the database and the workers share, and that is moved forward by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.soak.chaos.target import find_faketime


class SimulatedClock:
    """The machine's clock plus an offset that stands in `file`.

    In a process that was started with `environment`, libfaketime reads it at every look at the clock, so that a step
    reaches all of them at once; between two steps the clock runs as fast as the machine's. Monotonic clocks, and what
    waits by them, stay real.
    """

    def __init__(self, folder: Path, start: datetime) -> None:
        """Raises FileNotFoundError where libfaketime is not installed."""
        self._library = find_faketime()
        if self._library is None:
            raise FileNotFoundError("Debian's libfaketime is not installed")
        self.file = folder / "clock"
        self._offset = timedelta()
        self.step_to(start)

    def now(self) -> datetime:
        """The simulated time."""
        return datetime.now(UTC) + self._offset

    def step_to(self, moment: datetime) -> None:
        """Moves the clock to `moment`; one that it has passed already, since work took so long, is left alone."""
        if self._offset and moment <= self.now():
            return
        self._offset = moment - datetime.now(UTC)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{self._offset.total_seconds():+.3f}\n")
        fresh.rename(self.file)

    def environment(self) -> dict[str, str]:
        """What a process has to be started with."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
        }


def offset_in(file: Path) -> timedelta:
    """The offset that a clock's file holds."""
    return timedelta(seconds=float(file.read_text()))

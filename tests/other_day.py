"""The tests as if it were another day: `WIREWATCH_TEST_DAY=2028-02-29T23:50:00Z make test`.

time-machine moves the clock of the test processes, Debian's libfaketime the one of the tests' Postgres. Programs that
tests start as processes of their own keep the machine's clock: libfaketime breaks Python's waiting for threads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.soak.chaos.target import find_faketime

_DAY = "WIREWATCH_TEST_DAY"
_OFFSET = "WIREWATCH_TEST_OFFSET_S"
"""How far the clock is moved, in seconds; found out once, so that all of xdist's workers agree."""


def travel() -> None:
    """Move this process's clock, if a day is asked for. Ends the run where that can't be done."""
    if _DAY not in os.environ:
        return
    if find_faketime() is None:
        pytest.exit(f"{_DAY} needs Debian's libfaketime", returncode=2)
    if _OFFSET not in os.environ:
        day = datetime.fromisoformat(os.environ[_DAY])
        os.environ[_OFFSET] = str(round((day - datetime.now(UTC)).total_seconds()))
    moved = datetime.now(UTC) + timedelta(seconds=int(os.environ[_OFFSET]))
    time_machine.travel(moved, tick=True).start()


@contextmanager
def moved_clock() -> Iterator[None]:
    """What is started within has its clock moved as far as ours."""
    if _OFFSET not in os.environ:
        yield
        return
    moved = {"LD_PRELOAD": str(find_faketime()), "FAKETIME": f"{int(os.environ[_OFFSET]):+d}s"}
    os.environ.update(moved)
    try:
        yield
    finally:
        for name in moved:
            del os.environ[name]

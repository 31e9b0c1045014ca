"""Says in the warehouse that a fault of ours keeps a stage from working, and takes it back when the stage works again.

The row of `ingest.pause` and its alarm are there at once; `wirewatch status` and the check `paused_stages` read them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from wirewatch.errors import ArchiveUnavailable, WarehouseError, WarehouseUnavailable
from wirewatch.records import clean_text
from wirewatch.warehouse.connection import Warehouse

log = logging.getLogger("wirewatch")

_MAX_REASON = 500

_BACK_WITHIN_S = 60.0
"""How long a stage waits for a database that went away, as in a restart, before it ends."""


@contextmanager
def pausing(warehouse: Warehouse, stage: str) -> Iterator[None]:
    """Notes that `stage` is paused when the block ends in ArchiveUnavailable, and that it works when it ends well."""
    try:
        yield
    except ArchiveUnavailable as error:
        log.error("%s is paused, nothing is lost and nothing counts as a try: %s", stage, error)
        try:
            with warehouse.transaction() as rows:
                rows.note_pause(stage=stage, reason=clean_text(str(error))[:_MAX_REASON])
        except WarehouseError as unnoted:
            log.error("that %s is paused could not be noted: %s", stage, unnoted)
        raise
    try:
        with warehouse.transaction() as rows:
            rows.end_pause(stage=stage)
    except WarehouseUnavailable as error:
        log.warning("that %s works could not be noted, the next run notes it: %s", stage, error)


def through_restarts(
    warehouse: Warehouse, work: Callable[[], object], *, give_back: Callable[[], None], deadline: float
) -> None:
    """Do `work`, and go on with it after a restart of the database, until the monotonic time `deadline`.

    Whatever error ends the work, `give_back` gives its claims back as they were: faults of ours count against nobody.
    Raises that error; of several that ended together, the first, which is the cause of the others.
    """
    while True:
        error = _ending(work)
        if error is None:
            return
        if isinstance(error, Exception):
            _give_back(warehouse, give_back, error)
        if not isinstance(error, WarehouseUnavailable) or monotonic() > deadline:
            raise error


def _give_back(warehouse: Warehouse, give_back: Callable[[], None], error: Exception) -> None:
    """Gives the claims back, as soon as the database answers. Raises `error` when it doesn't within a minute."""
    while True:
        try:
            give_back()
            return
        except WarehouseUnavailable:
            log.warning("the stage waits for the database: %s", error)
            if not warehouse.answers_within(_BACK_WITHIN_S):
                raise error from None


def _ending(work: Callable[[], object]) -> BaseException | None:
    try:
        work()
    except BaseException as ended:
        error = ended
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        return error
    return None

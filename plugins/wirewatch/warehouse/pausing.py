"""Records in the warehouse that a fault on our side pauses a stage, and that the stage works again.

The row of `ingest.pause` and its alarm are there at once; `wirewatch status` and the check `paused_stages` read them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from wirewatch.errors import ArchiveUnavailable, ReadersUnavailable, WarehouseError, WarehouseUnavailable
from wirewatch.records import clean_text
from wirewatch.warehouse.connection import Transaction, Warehouse

log = logging.getLogger("wirewatch")

_MAX_REASON = 500
_FOREVER = 60 * 24 * 365

_BACK_WITHIN_S = 60.0
"""How long a stage waits for the database, e.g. during a restart, before it fails."""


VISITS = "visits to pages"
"""The stage that an outage of the network pauses: without an answer from any host, no visit says anything of a page."""
_OUTAGE_MINUTES = 15
"""Polls look every five minutes; when nobody polls any more, visits are made again."""


def note_outage(rows: Transaction, reason: str) -> None:
    """Pauses visits, since no host answers; the attempts that failed since the last answer are not counted."""
    rows.uncount_attempts(since=rows.last_answer())
    rows.note_pause(stage=VISITS, reason=reason[:_MAX_REASON])


def end_outage(rows: Transaction) -> None:
    """Lets visits be made again; those that were under way when the network went are not counted."""
    since = rows.paused_since(stage=VISITS, within_minutes=_FOREVER)
    if since is not None:
        rows.uncount_attempts(since=since)
        rows.end_pause(stage=VISITS)


def is_outage(rows: Transaction) -> bool:
    """Whether polls found lately that no host answers."""
    return rows.paused_since(stage=VISITS, within_minutes=_OUTAGE_MINUTES) is not None


@contextmanager
def pausing(warehouse: Warehouse, stage: str) -> Iterator[None]:
    """Records that `stage` is paused when archive or readers can't be used, else that it works."""
    try:
        yield
    except (ArchiveUnavailable, ReadersUnavailable) as error:
        log.error("%s is paused; nothing is lost, and no attempt is counted: %s", stage, error)
        try:
            with warehouse.transaction() as rows:
                rows.note_pause(stage=stage, reason=clean_text(str(error))[:_MAX_REASON])
        except WarehouseError as unnoted:
            log.error("can't record that %s is paused: %s", stage, unnoted)
        raise
    try:
        with warehouse.transaction() as rows:
            rows.end_pause(stage=stage)
    except WarehouseUnavailable as error:
        log.warning("can't record that %s works again, the next run will: %s", stage, error)


def through_restarts(
    warehouse: Warehouse, work: Callable[[], object], *, give_back: Callable[[], None], deadline: float
) -> None:
    """Runs `work`, and runs it again after a restart of the database, until the monotonic time `deadline`.

    Whatever error ends the work, `give_back` releases its claims unchanged: our own faults count against no feed or
    host. Raises that error; of several at once the first, which caused the others.
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
    """Releases the claims as soon as the database answers. Raises `error` when it does not within a minute."""
    while True:
        try:
            give_back()
            return
        except WarehouseUnavailable:
            log.warning("waiting for the database: %s", error)
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

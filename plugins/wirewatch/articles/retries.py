"""What becomes of an entry whose page could not be fetched, pure.

A trouble of the moment is tried again for about ten hours: peers retry for as long, and what is not back by then is
rarely back at all. What the site says about the page itself is believed sooner, but not at the first word: pages are
listed before they are served, and some sites answer 403 where they mean "slower".
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wirewatch.errors import FetchError
from wirewatch.records import DropReason, FetchFailure


def _minutes(*waits: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=wait) for wait in waits)


_WAITS = _minutes(5, 15, 30, 60, 120, 180, 190)
"""Between the tries; together 10 hours."""

_WAITS_BY_REASON: dict[str, tuple[timedelta, ...]] = {
    FetchFailure.GONE: _minutes(10, 60),
    FetchFailure.BOT_WALL: _minutes(30, 180),
}

MOST_TRIES = len(_WAITS) + 1

SUSPECT_AFTER = 3
"""Visits in a row in which its worker died, after which an entry is visited alone: whoever dies then, dies of it."""

MOST_CRASHES = 8
"""Such visits after which an entry is dropped."""


def next_try(error: FetchError, tries: int, now: datetime) -> datetime | None:
    """When to try again after the failed try number `tries` (from 1); None when the entry is to be dropped.

    The server's own wish (Retry-After) counts when it is longer.
    """
    waits = _WAITS_BY_REASON.get(error.reason, _WAITS)
    if not error.retry or tries > len(waits):
        return None
    return now + max(waits[tries - 1], timedelta(seconds=error.retry_after_s or 0.0))


def next_try_after_error(tries: int, now: datetime) -> datetime | None:
    """The same after an error that nobody expected, on our side or of the page."""
    return now + _WAITS[tries - 1] if tries <= len(_WAITS) else None


def drop_reason(error: FetchError) -> DropReason:
    """The reason that the ledger counts: what is wrong with the page, or that no try helped."""
    return DropReason(error.reason) if error.reason in list(DropReason) else DropReason.RETRIES_EXHAUSTED

"""When a feed is polled next, pure.

After a good poll the interval adapts to the feed: longer when at least two thirds of its items were known, shorter
when at most a third were, each only when two good polls in a row say so. It stays between the floor and the cap of the
settings, and never exceeds a quarter of the feed's own mean gap between publications, so that an item is read soon
after it appears. The publisher's wishes (ttl, sy:updatePeriod, Cache-Control) are granted as far as half of the time
in which its document is replaced, by its dates and by the new items of each poll: a longer wish would lose items. An
overflow halves the interval at once.

After a failed poll the feed waits, by the kind of failure, and is never given up:

    passing    no answer, 5xx                        5 min, doubling, to 4 h
    throttled  429, or any Retry-After               the server's wish, or 10 min doubling to 24 h; with jitter
    soft       404, no feed, an anti-bot page (403)    one interval more each time, to 24 h; after 30 failures 3 days
    hard       410, robots.txt, a login              1 day, 2 days … to 7 days
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import pairwise

from wirewatch.errors import FetchError
from wirewatch.feeds.health import Outcome
from wirewatch.records import FetchFailure

MOSTLY_KNOWN = 0.67
MOSTLY_NEW = 0.33
_IN_A_ROW = 2
_LONGER = 1.5
_SHORTER = 0.5
_PER_GAP = 4
"""Polls for each gap between two publications."""

_SILENCE = 10
"""A feed that has been silent for ten days is treated like one that publishes daily."""

_SHOWN = 0.75
"""Share of a document's newest items that its rhythm is read from; old ones at the end are pinned or re-issued."""

_DAY_S = 86400
_PASSING_CAP_S = 4 * 3600
_SOFT_LEAST_S = 900
_SOFT_MANY = 30
_SOFT_RARE_S = 3 * _DAY_S
_HARD_DAYS = 7

MAX_WISH_S = 7 * _DAY_S
"""No publisher's wish for a longer interval is even read."""

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?0*(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The settings' floor and cap of the interval, in seconds."""

    floor_s: int
    cap_s: int


@dataclass(frozen=True, slots=True)
class Pace:
    """What is remembered of a feed's interval from poll to poll."""

    interval_s: int
    streak: int = 0
    """Good polls in a row that asked for a longer (above 0) or a shorter (below 0) interval."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a feed publishes, read from the dates in one document; in seconds."""

    mean_gap_s: int
    longest_gap_s: int
    """Between two days with publications."""
    window_s: int
    """What the document spans."""


def rhythm_of(published: Iterable[datetime]) -> Rhythm | None:
    """The rhythm of a document's items by their accepted dates; None when there are fewer than three."""
    newest = sorted(published, reverse=True)
    last = int(_SHOWN * (len(newest) - 1))
    if len(newest) < 3 or last < 1:
        return None
    window_s = (newest[0] - newest[last]).total_seconds()
    days = sorted({moment.date() for moment in newest[: last + 1]})
    longest = max(((later - earlier).days for earlier, later in pairwise(days)), default=0)
    return Rhythm(round(window_s / last), longest * _DAY_S, round(window_s))


def after_success(
    pace: Pace,
    bounds: Bounds,
    *,
    known_share: float | None,
    mean_gap_s: int | None,
    silence_s: float | None = None,
    window_s: int | None = None,
    wish_s: int | None = None,
    overflow: bool = False,
) -> Pace:
    """The pace after a good poll.

    `known_share` is the share of listed items that were known (1 for "not modified"), None when it says nothing: a
    first poll, an empty feed. `silence_s` is the age of the newest item, `window_s` the time in which the document is
    replaced, `wish_s` the publisher's wish: it is granted up to half of that time, and not before that is known.
    """
    if overflow:
        return Pace(max(round(pace.interval_s * _SHORTER), bounds.floor_s))
    streak = pace.streak
    if known_share is None or MOSTLY_NEW < known_share < MOSTLY_KNOWN:
        streak = 0
    elif known_share >= MOSTLY_KNOWN:
        streak = max(streak, 0) + 1
    else:
        streak = min(streak, 0) - 1
    interval_s = float(pace.interval_s)
    ceiling_s = _ceiling_s(bounds, mean_gap_s, silence_s)
    if streak >= _IN_A_ROW:
        interval_s, streak = max(interval_s, min(interval_s * _LONGER, ceiling_s)), 0
    elif streak <= -_IN_A_ROW:
        interval_s, streak = interval_s * _SHORTER, 0
    interval_s = min(interval_s, ceiling_s)
    if wish_s is not None and window_s is not None:
        interval_s = max(interval_s, min(wish_s, window_s / 2, bounds.cap_s))
    return Pace(round(min(max(interval_s, bounds.floor_s), bounds.cap_s)), streak)


def _ceiling_s(bounds: Bounds, mean_gap_s: int | None, silence_s: float | None) -> float:
    if mean_gap_s is None:
        return bounds.cap_s
    gap_s = max(mean_gap_s, (silence_s or 0.0) / _SILENCE)
    return min(max(gap_s / _PER_GAP, bounds.floor_s), bounds.cap_s)


class Setback(Enum):
    """Classes of failures, by how soon it is worth to come back."""

    PASSING = "passing"
    THROTTLED = "throttled"
    SOFT = "soft"
    HARD = "hard"


def setback_of(outcome: Outcome, error: FetchError | None) -> Setback:
    """The class of a failed poll; `error` is None when there was a response but it was not a feed."""
    if error is not None and (error.http_status == 429 or error.retry_after_s):
        return Setback.THROTTLED
    if outcome in (Outcome.UNREACHABLE, Outcome.REFUSED):
        return Setback.PASSING
    if error is not None and (not error.retry and error.reason != FetchFailure.TOO_LARGE):
        return Setback.HARD
    return Setback.SOFT


def wait_after_failure(
    setback: Setback, *, failures: int, interval_s: int, bounds: Bounds, feed_id: int, retry_after_s: float | None
) -> float:
    """Seconds until the next poll. `failures` counts the failed polls in a row, this one included, from 1."""
    doublings = min(failures - 1, 20)
    match setback:
        case Setback.PASSING:
            wait_s = min(bounds.floor_s * 2.0**doublings, max(_PASSING_CAP_S, bounds.floor_s))
        case Setback.THROTTLED:
            # The jitter is a function of feed and failure, so that the feeds of one host don't come back together.
            asked_s = retry_after_s or 2 * bounds.floor_s * 2.0**doublings
            wait_s = min(asked_s, _DAY_S) * (1 + jitter(feed_id, failures) / 2)
        case Setback.SOFT:
            rare = failures > _SOFT_MANY
            wait_s = _SOFT_RARE_S if rare else min(max(interval_s, _SOFT_LEAST_S) * failures, _DAY_S)
        case Setback.HARD:
            wait_s = _DAY_S * min(failures, _HARD_DAYS)
    return max(wait_s, min(retry_after_s or 0.0, _DAY_S))


def jitter(feed_id: int, number: int) -> float:
    """A number from 0 to 1 that is always the same for the same feed and count."""
    return zlib.crc32(f"{feed_id}:{number}".encode()) / 2**32


def max_age_s(cache_control: str | None) -> int | None:
    """The `max-age` of a Cache-Control header, in seconds; None when there is none or it forbids caching."""
    value = (cache_control or "").lower()
    found = _MAX_AGE.search(value)
    if found is None or "no-cache" in value or "no-store" in value:
        return None
    return min(int(found[1]), MAX_WISH_S) or None


_FORGETS = 0.9


def longest_gap_s(before_s: int | None, rhythm: Rhythm | None, observed_s: float | None) -> int | None:
    """A feed's longest silence, in seconds, learned from poll to poll.

    `before_s` is what was known, and fades by a tenth with each poll that brings something new; `observed_s` is the
    time from the newest item before this poll to the newest one now: a document that is always of one day shows its
    pauses only so. None as long as nothing is known.
    """
    known = [
        *([] if before_s is None else [before_s * _FORGETS]),
        *([] if rhythm is None else [rhythm.longest_gap_s]),
        *([] if observed_s is None else [max(observed_s, 0.0)]),
    ]
    return round(max(known)) if known else None


_RISES = 1.5


def turnover_s(before_s: int | None, *, interval_s: int, listed: int, new: int) -> int | None:
    """The time in which a feed replaces its whole document, in seconds, learned from poll to poll.

    `interval_s` is the time since the document before, `new` of `listed` entries came in it; with none, a single one
    is counted. What was known rises by half at most, so that a quiet night is not taken for the rule. When all are
    new, more may have passed unseen: half of the time is taken.
    """
    if not listed:
        return before_s
    measured = interval_s * listed / max(new, 1) if new < listed else interval_s / 2
    return max(round(measured if before_s is None else min(measured, before_s * _RISES)), 1)

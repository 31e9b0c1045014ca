"""The health of a feed, pure: what came of a poll, and the state that an operator reads.

States, the first that applies:

    gone          the server says that there is nothing at the address (404, 410)
    blocked       access denied: robots.txt, a login, 451, a cookie check, an anti-bot page, 429, a forbidden address
    not_a_feed    an answer, but HTML, an anti-bot page or something too large, whatever it calls itself
    unreachable   no answer, a broken one, or 5xx
    empty         a feed without items
    zombie        a feed whose newest item is very old: half a year, and twice what makes it stale
    stale         nothing new for longer than its own rhythm explains
    slow          an answer, after more than 10 seconds
    healthy       new items
    unchanged     nothing new since the last poll
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wirewatch.errors import FetchError
from wirewatch.records import FetchFailure, Health


class Outcome(StrEnum):
    """What came of one poll; the first five are good."""

    NEW_ENTRIES = "new_entries"
    NOTHING_NEW = "nothing_new"
    NOT_MODIFIED = "not_modified"
    SAME_BODY = "same_body"
    EMPTY = "empty"
    NOT_A_FEED = "not_a_feed"
    BLOCKED = "blocked"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    GONE = "gone"

    @property
    def good(self) -> bool:
        """The server answered with a feed, or with an honest "not modified"."""
        return self in _GOOD


_GOOD = frozenset({Outcome.NEW_ENTRIES, Outcome.NOTHING_NEW, Outcome.NOT_MODIFIED, Outcome.SAME_BODY, Outcome.EMPTY})

SLOW_S = 10.0
"""A third of the time that a server has to answer."""

ZOMBIE_AFTER = timedelta(days=180)
"""Peers met feeds that answer 200 with items 1.3 to 9 years old; a living think tank was silent for 80 days."""

STALE_AT_LEAST = timedelta(days=4)
"""A long weekend is never stale."""

STALE_AT_MOST = timedelta(days=120)
STALE_UNKNOWN = timedelta(days=30)
"""For a feed whose rhythm is not known: its items have no dates, or all the same."""

_RHYTHMS = 3
"""How many of its longest silences a feed is given."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What is known of a feed's items when a poll is judged, the poll included."""

    added_at: datetime
    newest_entry_at: datetime | None
    """Newest accepted publication time that it ever listed."""
    last_new_entry_at: datetime | None
    """Last poll after the first that brought a new entry."""
    longest_gap_s: int | None
    """Longest silence in its document, in seconds; see schedule.rhythm_of."""
    stale_after_days: int | None
    """The operator's own threshold."""


def outcome_of_failure(error: FetchError) -> Outcome:
    """What came of a poll that ended in `error`."""
    if error.reason == FetchFailure.BOT_WALL and error.http_status is not None and error.http_status < 300:
        return Outcome.NOT_A_FEED
    return _FAILURES.get(FetchFailure(error.reason), Outcome.UNREACHABLE)


_FAILURES = {
    FetchFailure.GONE: Outcome.GONE,
    FetchFailure.BLOCKED_ADDRESS: Outcome.BLOCKED,
    FetchFailure.ROBOTS_DISALLOWED: Outcome.BLOCKED,
    FetchFailure.BOT_WALL: Outcome.BLOCKED,
    FetchFailure.PAYWALL: Outcome.BLOCKED,
    FetchFailure.REFUSED: Outcome.REFUSED,
    FetchFailure.TOO_LARGE: Outcome.NOT_A_FEED,
    FetchFailure.NOT_HTML: Outcome.NOT_A_FEED,
}


def health_of(outcome: Outcome, *, http_status: int | None, elapsed_s: float, vitals: Vitals, now: datetime) -> Health:
    """The state of a feed after a poll. `elapsed_s` is how long the server took."""
    match outcome:
        case Outcome.GONE:
            return Health.GONE
        case Outcome.BLOCKED:
            return Health.BLOCKED
        case Outcome.REFUSED:
            return Health.BLOCKED if http_status == 429 else Health.UNREACHABLE
        case Outcome.UNREACHABLE:
            return Health.UNREACHABLE
        case Outcome.NOT_A_FEED:
            return Health.NOT_A_FEED
        case Outcome.EMPTY:
            return Health.EMPTY
    silence = now - _last_sign_of_life(vitals)
    patience = stale_after(vitals)
    if silence > max(ZOMBIE_AFTER, 2 * patience):
        return Health.ZOMBIE
    if silence > patience:
        return Health.STALE
    if elapsed_s > SLOW_S:
        return Health.SLOW
    return Health.HEALTHY if outcome is Outcome.NEW_ENTRIES else Health.UNCHANGED


def stale_after(vitals: Vitals) -> timedelta:
    """The silence from which on a feed is stale: the operator's, or three times its own longest, 4 to 120 days."""
    if vitals.stale_after_days is not None:
        return timedelta(days=vitals.stale_after_days)
    if vitals.longest_gap_s is None:
        return STALE_UNKNOWN
    return min(max(_RHYTHMS * timedelta(seconds=vitals.longest_gap_s), STALE_AT_LEAST), STALE_AT_MOST)


def _last_sign_of_life(vitals: Vitals) -> datetime:
    """A date on an item, or an item that appeared while we watched: publishers with wrong dates are alive too."""
    signs = [sign for sign in (vitals.newest_entry_at, vitals.last_new_entry_at) if sign is not None]
    return max(signs) if signs else vitals.added_at


OUTAGE_HOSTS = 3
OUTAGE_SHARE = 0.8


def is_outage(*, silent_hosts: int, answering_hosts: int) -> bool:
    """Whether so many hosts are silent at once that the fault is ours: at least 3 of them, and at least 80 %."""
    return silent_hosts >= OUTAGE_HOSTS and silent_hosts >= OUTAGE_SHARE * (silent_hosts + answering_hosts)

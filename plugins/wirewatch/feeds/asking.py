"""What a feed is asked, and what its answers teach, pure: whole or by validators, at its own address or its new one.

Validators lie: a Last-Modified that never changes always gives 304. So trust in them is earned. The document is asked
for whole after two hours, and each time that it agrees with the 304s before, after twice as long, up to a day. A
validator that stayed the same while the entries changed is not sent again; neither is any after three whole answers in
a row that brought changes of which the 304s before them had said nothing.

A permanent redirect may be a mistake: where one is followed, the address in the registry is asked again with each
document that is asked for whole, and at the latest with every 24th poll.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

FULL_AT_LAST = timedelta(days=1)
"""How old a document may grow on "not modified" alone."""
FULL_AT_FIRST = timedelta(hours=2)
DOUBTS = 3
"""Whole answers in a row with changes that the 304s before them did not tell of."""

MOVED_AFTER = 5
"""Polls in a row that a permanent redirect has to hold before its target is asked directly."""
ASKED_AGAIN = 24
"""Polls of a redirect's target after which the address in the registry is asked again."""

_PUBLISHED_BEFORE = timedelta(hours=1)
"""So long before a 304 an entry has to be dated for the 304 to be wrong: publishers list some stories late."""

_HEADERS = {"etag": "If-None-Match", "last_modified": "If-Modified-Since"}
_NAMES = {"etag": "ETag", "last_modified": "Last-Modified"}


class AskedFeed(Protocol):
    """What is remembered of a feed for the next question."""

    @property
    def url(self) -> str: ...
    @property
    def etag(self) -> str | None: ...
    @property
    def last_modified(self) -> str | None: ...
    @property
    def listed_at(self) -> datetime | None: ...
    @property
    def last_success_at(self) -> datetime | None: ...
    @property
    def moved_to(self) -> str | None: ...
    @property
    def moved_polls(self) -> int: ...
    @property
    def validator_trust(self) -> int: ...
    @property
    def distrusted(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """A document, as far as it tells something about validators."""

    etag: str | None
    last_modified: str | None
    conditional: bool
    """It was asked for with validators."""
    differs: bool
    """It lists new or changed entries."""
    new_published: Collection[datetime | None] = ()
    """When its new entries were published."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What is thought of a feed's validators."""

    trust: int = 0
    """Whole answers in a row that agreed with the 304s before them; below 0: that contradicted them."""
    distrusted: frozenset[str] = frozenset()
    """`etag`, `last_modified`: those that are not sent."""

    @property
    def note(self) -> str | None:
        """In words, for an operator; None when all is well."""
        if not self.distrusted:
            return None
        names = " and ".join(_NAMES[name] for name in sorted(self.distrusted))
        return f'{names} not sent any more: the feed answered "not modified" while its entries changed'


def is_due_whole(feed: AskedFeed, now: datetime) -> bool:
    """Whether the document is asked for whole, since what is known of it has grown too old."""
    return feed.listed_at is None or now - feed.listed_at > _patience(feed.validator_trust)


def _patience(trust: int) -> timedelta:
    doublings = min(max(trust, 0), 10)
    return min(FULL_AT_FIRST * (1 << doublings), FULL_AT_LAST)


def validators(feed: AskedFeed, now: datetime) -> dict[str, str]:
    """The headers that let the server answer "not modified"."""
    if is_due_whole(feed, now):
        return {}
    values = {"etag": feed.etag, "last_modified": feed.last_modified}
    return {_HEADERS[name]: value for name, value in values.items() if value and name not in feed.distrusted}


def addresses(feed: AskedFeed, now: datetime) -> tuple[str, ...]:
    """Where the feed is asked for; the second address only when the first brings none."""
    if not feed.moved_to or feed.moved_polls < MOVED_AFTER:
        return (feed.url,)
    if is_due_whole(feed, now) or feed.moved_polls % ASKED_AGAIN == 0:
        return (feed.url, feed.moved_to)
    return (feed.moved_to,)


def learn(feed: AskedFeed, answer: PollAnswer) -> Trust:
    """What is thought of the validators after `answer`; `feed` is as it was before."""
    before = Trust(feed.validator_trust, frozenset(feed.distrusted))
    claimed_unchanged = bool(feed.listed_at and feed.last_success_at and feed.last_success_at > feed.listed_at)
    if not answer.differs:
        agreed = claimed_unchanged and not answer.conditional
        return replace(before, trust=max(before.trust, 0) + 1) if agreed else before
    pairs = {"etag": (feed.etag, answer.etag), "last_modified": (feed.last_modified, answer.last_modified)}
    distrusted = before.distrusted | {name for name, (old, new) in pairs.items() if old and old == new}
    if answer.conditional:
        return Trust(max(before.trust, 0), distrusted)
    if not claimed_unchanged:
        return Trust(before.trust, distrusted)
    trust = min(before.trust, 0) - 1
    if trust <= -DOUBTS or _untold(feed, answer):
        return Trust(0, distrusted | {name for name, (old, _) in pairs.items() if old})
    return Trust(trust, distrusted)


def _untold(feed: AskedFeed, answer: PollAnswer) -> bool:
    """Whether most new entries are older than the last 304, which said that there were none."""
    if feed.last_success_at is None:
        return False
    before = feed.last_success_at - _PUBLISHED_BEFORE
    untold = sum(published is not None and published < before for published in answer.new_published)
    return untold >= 2 and untold > len(answer.new_published) / 2

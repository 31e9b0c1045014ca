"""Whose entry is fetched next, pure: the feeds take turns, and within a feed its hosts do.

First in, first out would let one feed with many entries, or with many slow hosts, hold up all others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries of one feed that wait at one host."""

    feed_id: int
    host: str


class FairQueue:
    """Chooses the host to visit next. A host is visited by one visitor at a time, a feed by `per_feed` at most."""

    def __init__(self, per_feed: int) -> None:
        self._per_feed = per_feed
        self._hosts: defaultdict[int, set[str]] = defaultdict(set)
        """By feed: the hosts where entries of it wait."""
        self._busy: dict[str, int] = {}
        """Hosts under way, and the feed for whose entries."""
        self._served: Counter[int | str] = Counter()
        """When each feed and each host had its last turn, in turns."""
        self._turn = 0

    @property
    def busy(self) -> list[str]:
        """The hosts under way."""
        return list(self._busy)

    def refill(self, waiting: Iterable[Waiting]) -> None:
        """Take `waiting` for all that waits now."""
        self._hosts.clear()
        for one in waiting:
            self._hosts[one.feed_id].add(one.host)

    def next(self) -> Waiting | None:
        """The host to visit, which is busy from now on; None when nothing waits that may be visited now."""
        under_way = Counter(self._busy.values())
        feeds = [feed for feed in self._hosts if under_way[feed] < self._per_feed and self._free(feed)]
        if not feeds:
            return None
        feed = min(feeds, key=lambda feed: (under_way[feed], self._served[feed], feed))
        host = min(self._free(feed), key=lambda host: (self._served[host], host))
        self._hosts[feed].discard(host)
        self.begin(host, feed)
        return Waiting(feed, host)

    def begin(self, host: str, feed_id: int = 0) -> None:
        """`host` is busy from now on."""
        self._turn += 1
        self._served[feed_id] = self._served[host] = self._turn
        self._busy[host] = feed_id

    def end(self, host: str) -> None:
        """`host` is free again."""
        self._busy.pop(host, None)

    def others_wait(self) -> bool:
        """Whether there is a host to visit for whoever ends a visit now."""
        return any(self._free(feed) for feed in self._hosts)

    def feeds_at(self, host: str) -> list[int]:
        """The feeds whose entries wait at `host`, the one that had its turn longest ago first."""
        feeds = [feed for feed, hosts in self._hosts.items() if host in hosts]
        return sorted(feeds, key=lambda feed: (self._served[feed], feed))

    def _free(self, feed: int) -> list[str]:
        return [host for host in self._hosts[feed] if host not in self._busy]
